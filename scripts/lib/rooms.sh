# Sourced by the scripts that show or measure waiting rooms: calls of the API. Needs curl.
# front is the URL of the node, data its data directory.

require_curl() {
  if ! command -v curl >/dev/null 2>&1; then
    echo "This script needs curl. On Debian: apt-get install curl" >&2
    exit 1
  fi
}

# Prints the answer, or says what went wrong.
call() {
  local answer
  answer=$(curl -sS --fail-with-body --max-time 30 -H 'content-type: application/json' "$@") || {
    echo "$answer" >&2
    return 1
  }
  printf '%s\n' "$answer"
}

room_call() { call -H "authorization: Bearer $(cat "$data/secrets/api-token")" "$@"; }

# The first id in a JSON answer.
first_id() { grep -o '"id" *: *"[0-9a-f]\{32\}"' | head -n 1 | grep -o '[0-9a-f]\{32\}'; }

# Puts a token for a site that runs at a URL.
put_site() {
  call -o /dev/null -X POST "$front/token" --data \
    '{"token": "'"$1"'", "scheduler": "fixed", "backends": ["'"$2"'"], "authentication": "disabled",
      "permitted-user": "*", "name": "'"${1//[^A-Za-z0-9]/-}"'", "health-check-url": "/status",
      "concurrency-level": 500}'
}

# Sets rooms, the URL of the rooms of the first zone, and room, the URL of the new one.
make_room() {
  local zone id
  zone=$(room_call "$front/client/v4/zones" | first_id)
  rooms=$front/client/v4/zones/$zone/waiting_rooms
  id=$(room_call -X POST "$rooms" --data "$1" | first_id)
  room=$rooms/$id
}
