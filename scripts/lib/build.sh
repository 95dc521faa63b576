# Sourced by the scripts: builds the distribution when sources are newer than it. Sets DISTRIBUTION.

DISTRIBUTION=

build_distribution() {
  local version
  version=$(sed -n 's:^  <version>\(.*\)</version>$:\1:p' pom.xml | head -n 1)
  DISTRIBUTION=$PWD/target/maitred-$version/maitred-$version
  if [ ! -f "target/maitred-$version.tar.gz" ] ||
    [ -n "$(find pom.xml conf src/main -newer "target/maitred-$version.tar.gz" -print -quit)" ]; then
    echo "Building Maitred $version ..." >&2
    mvn -B -q -ntp package -DskipTests >&2
  fi
}
