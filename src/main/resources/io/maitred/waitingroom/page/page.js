{const t=document.querySelector("time");t.textContent=new Date(t.dateTime).toLocaleTimeString(document.documentElement.lang)}
