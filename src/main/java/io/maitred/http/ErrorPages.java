package io.maitred.http;

import static io.maitred.http.HtmlPage.escape;

import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An error as text and as a page (contract waiter 1.7). The page needs nothing from elsewhere. */
final class ErrorPages {
  private static final Pattern URL = Pattern.compile("https?://[^\\s<>\"']*[^\\s<>\"'.,;:)!?]");

  private ErrorPages() {}

  static String text(ErrorReport report) {
    var out = new StringBuilder(1024);
    heading(out, report.title(), '=');
    out.append(report.refusal().message()).append("\n\n");
    heading(out, "Request Info", '-');
    report
        .requestInfo()
        .forEach((name, value) -> out.append(name).append(": ").append(value).append('\n'));
    if (!report.refusal().details().isEmpty()) {
      out.append('\n');
      heading(out, "Additional Info", '-');
      out.append(details(report.refusal().details()));
    }
    if (!report.supportInfo().isEmpty()) {
      out.append('\n');
      heading(out, "Getting Help", '-');
      for (var link : report.supportInfo()) {
        out.append(link.label()).append(": ").append(link.value()).append('\n');
      }
    }
    return out.toString();
  }

  static String html(ErrorReport report) {
    var out = new StringBuilder(2048);
    out.append("<p class=\"message\">")
        .append(withLinks(report.refusal().message()))
        .append("</p>\n<h2>Request Info</h2>\n<table>\n");
    report
        .requestInfo()
        .forEach(
            (name, value) ->
                out.append("<tr><th>")
                    .append(escape(name))
                    .append("</th><td>")
                    .append(escape(value))
                    .append("</td></tr>\n"));
    out.append("</table>\n");
    if (!report.refusal().details().isEmpty()) {
      out.append("<h2>Additional Info</h2>\n<pre>")
          .append(escape(details(report.refusal().details())))
          .append("</pre>\n");
    }
    out.append(HtmlPage.help(report.supportInfo()));
    return HtmlPage.of(report.title(), out);
  }

  private static void heading(StringBuilder out, String text, char underline) {
    out.append(text).append('\n');
    out.append(String.valueOf(underline).repeat(text.length())).append("\n\n");
  }

  /** One {@code key value} a line, nested ones indented below their key. */
  static String details(Map<String, Object> details) {
    var out = new StringBuilder();
    details.forEach((key, value) -> line(out, 0, key, value));
    return out.toString();
  }

  private static void line(StringBuilder out, int depth, String key, @Nullable Object value) {
    out.append("  ".repeat(depth)).append(key);
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      out.append('\n');
      map.forEach((name, nested) -> line(out, depth + 1, String.valueOf(name), nested));
    } else if (value instanceof Collection<?> list) {
      out.append(' ').append(JsonBody.text(list)).append('\n');
    } else {
      out.append(' ').append(value).append('\n');
    }
  }

  /** Escaped text in which each http(s) URL is a link. */
  static String withLinks(String text) {
    var out = new StringBuilder();
    var url = URL.matcher(text);
    int done = 0;
    while (url.find()) {
      var address = escape(url.group());
      out.append(escape(text.substring(done, url.start())))
          .append("<a href=\"")
          .append(address)
          .append("\">")
          .append(address)
          .append("</a>");
      done = url.end();
    }
    return out.append(escape(text.substring(done))).toString();
  }
}
