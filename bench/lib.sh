# Sourced by the measurements: a node of its own with a fresh data directory, and a fast backend.

work=$(mktemp -d)
pids=()

# Ends only what this script started: the service, which would outlive its node, then the rest by process id.
stop_all() {
  local pid
  [ -z "${token:-}" ] || delete_service 2>/dev/null
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  for pid in "${pids[@]}"; do
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
token=
trap stop_all EXIT

require_tool() {
  if ! command -v "$1" >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
      apt-get install -y "$1" >&2
    else
      echo "This measurement needs $1. On Debian: apt-get install $1" >&2
      exit 1
    fi
  fi
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Builds what is missing or older than the sources; finds the distribution and the classes of the backend.
build() {
  source scripts/lib/build.sh
  build_distribution
  [ -d target/test-classes/io/maitred/demo ] || mvn -B -ntp -q test-compile
  home=$DISTRIBUTION
  classes=$PWD/target/test-classes
}

backend_command() {
  echo "exec java -Xmx256m -XX:+UseSerialGC -cp '$classes:$home/lib/*' io.maitred.demo.BenchBackend"
}

wait_for() {
  local url=$1 tries=240
  until curl -fs -o /dev/null --max-time 2 "$url"; do
    tries=$((tries - 1))
    if [ "$tries" = 0 ]; then
      echo "$url does not answer" >&2
      tail -20 "$work"/*.log >&2 || true
      exit 1
    fi
    sleep 0.5
  done
}

# Sets node (process id) and front (URL).
start_node() {
  local port management
  port=$(free_port)
  management=$(free_port)
  MAITRED_PORT=$port MAITRED_MANAGEMENT_PORT=$management MAITRED_REMOTING_PORT=$(free_port) \
    MAITRED_DATA_DIR="$work/data" "$home/bin/maitred" >"$work/node.log" 2>&1 &
  node=$!
  pids+=("$node")
  front=http://127.0.0.1:$port
  wait_for "http://127.0.0.1:$management/ready"
}

# One instance that may get as many requests at once as the measurement sends.
start_service() {
  token=bench
  python3 - "$(backend_command)" >"$work/token.json" <<'PY'
import getpass, json, sys
print(json.dumps({
    "token": "bench", "name": "bench", "cmd": sys.argv[1] + " $PORT0", "cmd-type": "shell",
    "cpus": 1, "mem": 512, "version": "1", "health-check-url": "/", "concurrency-level": 10000,
    "min-instances": 1, "max-instances": 1, "run-as-user": getpass.getuser(),
    "permitted-user": "*", "idle-timeout-mins": 60}))
PY
  curl --fail-with-body -sS -X POST -H 'content-type: application/json' \
    --data @"$work/token.json" "$front/token" >"$work/token.out" || { cat "$work/token.out" >&2; exit 1; }
  curl -fsS -o /dev/null --max-time 60 -H "x-waiter-token: $token" "$front/"
}

delete_service() {
  local id
  id=$(curl -fsS -H "x-waiter-token: $token" "$front/service-id") || return 0
  curl -fsS -o /dev/null -X DELETE "$front/apps/$id?timeout=10000" || true
}

# Sets direct (URL) to a backend that nobody stands in front of.
start_direct() {
  local port
  port=$(free_port)
  bash -c "$(backend_command) $port" >"$work/backend.log" 2>&1 &
  pids+=("$!")
  direct=http://127.0.0.1:$port
  wait_for "$direct/"
}

# CPU seconds that a process has used, and its resident memory in MiB.
cpu_seconds() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$1/stat"; }
resident_mib() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$1/status"; }

machine_facts() {
  echo "$(nproc) cores, $(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)," \
    "$(java -version 2>&1 | head -1), load $(cut -d' ' -f1 /proc/loadavg)"
}
