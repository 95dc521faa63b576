# Sourced by the scripts: is there what they need? Says what to install if not.

require_jdk() {
  local version
  if ! command -v javac >/dev/null 2>&1; then
    echo "Maitred needs a JDK, version 17 or newer. On Debian: apt-get install openjdk-17-jdk-headless" >&2
    exit 1
  fi
  version=$(javac -version 2>&1 | sed -E 's/[^0-9]*([0-9]+).*/\1/')
  if [ "${version:-0}" -lt 17 ]; then
    echo "Maitred needs a JDK, version 17 or newer; javac says: $(javac -version 2>&1)" >&2
    exit 1
  fi
}

require_jdk_and_maven() {
  require_jdk
  if ! command -v mvn >/dev/null 2>&1; then
    echo "Maitred is built with Maven 3.8 or newer. On Debian: apt-get install maven" >&2
    exit 1
  fi
}

# For the tests of the queue page.
require_browser() {
  local program
  for program in chromium chromedriver; do
    if ! command -v "$program" >/dev/null 2>&1; then
      echo "The tests of the queue page need Chromium and its driver; there is no $program." \
        "On Debian: apt-get install chromium chromium-driver" >&2
      exit 1
    fi
  done
}
