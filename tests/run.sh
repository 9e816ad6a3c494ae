#!/bin/sh
# Runs every test:  tests/run.sh [--quick] [--build DIR] [-k EXPRESSION]
#
#   --quick        leaves out the slow tests and those that need a Kubernetes cluster
#   --build DIR    tests the programs of a build that is there already, such as build/dev
#   -k EXPRESSION  only the Python tests that match it (pytest's -k), and no unit tests
#
# As root on Debian 12; it installs what it needs. Last line: `N passed, N failed[, N skipped]`.
set -u

root=$(cd "$(dirname "$0")/.." && pwd -P)
quick=no
build=
expression=
usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes ;;
    --build) build=$(cd "${2:?}" && pwd -P) || exit 2; shift ;;
    -k) expression=${2:?}; shift ;;
    *) usage ;;
  esac
  shift
done
cd "$root" || exit 1

results=$root/build/test-results
rm -rf "$results"
mkdir -p "$results"

finish() {
  /usr/bin/python3 "$root/tests/summary.py" "$results"
  exit $?
}

# What is not a test but must work before one can run: counts as one failure, and ends the run.
prepare() {
  echo "=== $1"
  name=$1
  shift
  if ! "$@"; then
    echo "tests: failed: $name" >&2
    mark "$name" 1
    finish
  fi
}

# The exit status of suite $1, so that one which died without a report counts as a failure.
mark() { printf '%s\n' "$2" >"$results/$(printf %s "$1" | tr -c 'A-Za-z0-9\n' -).status"; }

suite() {
  echo "=== $1"
  name=$1
  shift
  "$@"
  mark "$name" $?
}

python_tests() { # NAME PATH... : a suite of pytest
  name=$1
  shift
  if [ "$quick" = yes ]; then set -- -m 'not slow' "$@"; fi
  if [ -n "$expression" ]; then set -- -k "$expression" "$@"; fi
  suite "$name" env ZOMG_BIN="$build/bin" ZOMG_PRESET="$(basename "$build")" \
    /usr/bin/python3 -m pytest -q --junit-xml="$results/$name.xml" "$@"
}

unit_tests() {
  suite unit ctest --test-dir "$build" --output-on-failure --timeout 120 \
    --parallel "$(nproc)" --output-junit "$results/unit.xml"
}

# shellcheck disable=SC2317 # called by name
configure() {
  prefix=$("$root/deploy/libssh.sh") &&
    cmake --preset release "-DZOMG_LIBSSH_PREFIX=$prefix" -DZOMG_TESTS=ON
}

prepare packages deploy/quickstart/packages.sh run build test
prepare users deploy/quickstart/users.sh add
if [ -z "$build" ]; then
  build=$root/build/release
  prepare configure configure
  prepare build cmake --build --preset release
fi

[ -n "$expression" ] || unit_tests
python_tests source tests/source
python_tests e2e tests/e2e
if [ "$quick" = no ] && [ -d tests/cluster ]; then python_tests cluster tests/cluster; fi
finish
