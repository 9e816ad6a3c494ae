#!/bin/sh
# Runs every test:  tests/run.sh [--host NAME] [--quick] [--jobs N] [--build DIR] [-k EXPRESSION]
#
#   --host NAME    on another Debian, by its code name, natively (host.sh); logs are in build/host-NAME
#   --quick        leaves out what is slow or needs a Kubernetes cluster
#   --jobs N       so many files of e2e side by side, in the place of two; 0: one after the other
#   --build DIR    tests the programs of a build that is there already, such as build/dev
#   -k EXPRESSION  only the Python tests that match it (pytest's -k), and no unit tests
#
# As root on Debian 12 or 13; it installs what the tests need and builds the release. Logs and results stay in
# build/test-results. The last line is `N passed, N failed`, with `, N skipped` where some were.
set -u

if [ "${1-}" = --host ]; then
  codename=${2:?--host needs the name of a release of Debian}
  shift 2
  export ZOMG_TEST_HOST="$codename"
  exec "$(dirname "$0")/host.sh" "$codename" tests/run.sh "$@"
fi

usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

root=$(cd "$(dirname "$0")/.." && pwd -P)
results=$root/build/test-results
quick='' jobs=2 build='' programs='' expression=''
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes ;;
    --jobs) jobs=${2:?--jobs needs a number}; shift ;;
    --build) build=$(cd "${2:?--build needs a directory}" && pwd -P) || exit 2; programs=$build; shift ;;
    -k) expression=${2:?-k needs an expression}; shift ;;
    *) usage ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || { echo "tests: run it as root" >&2; exit 1; }
cd "$root" || exit 1
rm -rf "$results"
mkdir -p "$results"

# Nodes need a disk, and paths without odd characters.
work=$(mktemp -d /var/tmp/zomg-tests.XXXXXX)
chmod 711 "$work"
child=

# --- the end ----------------------------------------------------------------------------------
# Tests clean up after themselves; this is for those that were interrupted. A node's end takes the
# gateways with it, as their cgroups are in the node's.
clean_up() {
  trap '' INT TERM HUP
  if [ -n "$child" ] && kill -TERM "$child" 2>/dev/null; then wait "$child"; fi
  find "$work" -name cluster -type f 2>/dev/null | while read -r cluster; do
    tests/cluster/cluster.sh down "$(dirname "$cluster")" </dev/null
  done
  find "$work" -name instance -path '*node*' 2>/dev/null | while read -r instance; do
    deploy/tools/containerd.sh down "$(dirname "$instance")" </dev/null
  done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- steps ------------------------------------------------------------------------------------
# In the background, so that a signal to this shell is acted on at once.
attended() {
  "$@" </dev/null &
  child=$!
  wait $child
  code=$?
  child=
  return $code
}

now() { date +%s; }

# Notes how the suite or step $1 ended, for summary.py.
mark() { echo "$2" >"$results/$(printf %s "$1" | tr -c A-Za-z0-9 -).status"; }

# Shows the name $1, runs the rest into its log, shows how long it took. A step that fails is a failed
# test; one that succeeds is only what tests need.
prepare() {
  name=$1
  log=$results/$(printf %s "$name" | tr -c A-Za-z0-9 -).log
  printf '%-44s' "$name"
  shift
  began=$(now)
  if attended "$@" >"$log" 2>&1; then
    printf '%5s s\n' "$(($(now) - began))"
  else
    printf 'FAILED\n\n'
    tail -n 40 "$log"
    echo "tests: all of its output is in $log"
    mark "$name" 1
    return 1
  fi
}

# Runs the tests named $1, which write their results to $results/$1.xml.
tests() {
  suite=$1
  shift
  printf '\n== %s\n' "$suite"
  began=$(now)
  attended "$@"
  mark "$suite" $?
  printf '== %s took %s s\n' "$suite" "$(($(now) - began))"
}

# The functions below are called by name.
# shellcheck disable=SC2317
build() {
  prefix=$(deploy/tools/libssh.sh) || return 1
  cmake --preset release "-DZOMG_LIBSSH_PREFIX=$prefix" -DZOMG_TESTS=ON &&
    cmake --build --preset release
}

unit_tests() {
  tests unit ctest --test-dir "$build" --output-on-failure --quiet --timeout 300 \
    --parallel "$(nproc)" --output-junit "$results/unit.xml"
}

python_tests() { # NAME FOLDER [OPTION…]; those with the marks of $marks
  name=$1 folder=$2
  shift 2
  set -- "$name" /usr/bin/python3 -m pytest "$folder" "$@" --basetemp "$work/$name" \
    --junitxml "$results/$name.xml"
  chosen=${marks-}
  if [ -n "$quick" ]; then chosen="${chosen:+$chosen and }not slow"; fi
  if [ -n "$chosen" ]; then set -- "$@" -m "$chosen"; fi
  if [ -n "$expression" ]; then set -- "$@" -k "$expression"; fi
  tests "$@"
}

# What hangs on who made the container, with the runtimes of a newer Debian.
other_stacks() {
  prepare 'containerd 2.1, runc 1.3, crun' tests/newer_containerd.sh || return
  # shellcheck disable=SC2046 # lists of files
  for runtime in runc crun; do
    export ZOMG_TEST_STACK=containerd-2.1-$runtime
    python_tests "$runtime" $(tests/cluster/fallback/conformance.py runtime) \
      --numprocesses "$jobs" --dist loadfile
    export ZOMG_TEST_HOST_USERS=no
    python_tests "$runtime-users" $(tests/cluster/fallback/conformance.py sessions) \
      --numprocesses "$jobs" --dist loadfile
    unset ZOMG_TEST_STACK ZOMG_TEST_HOST_USERS
  done
}

# Its results are in the tree that it is built in.
arm64() {
  tests arm64 tests/arm64.sh
  for result in "build/host-bookworm+arm64/test-results"/*.xml "build/host-bookworm+arm64/test-results"/*.status; do
    [ ! -f "$result" ] || cp "$result" "$results/arm64-${result##*/}"
  done
}

# On a virtual machine of Debian 13, with the package built there; none of the machine's own is run.
virtual_machine() {
  [ -z "$expression$programs${ZOMG_TEST_HOST-}" ] || return 0
  prepare 'packages for a virtual machine' deploy/tools/packages.sh vm || return
  tests vm tests/vm/run.sh --results "$results"
}

# --- all of it --------------------------------------------------------------------------------
all() {
  prepare 'packages of Debian' deploy/tools/packages.sh run build test || return
  prepare 'system users' deploy/tools/users.sh add || return
  python_tests source tests/source
  if [ -z "$build" ]; then
    prepare 'libssh' deploy/tools/libssh.sh || return
    prepare 'release build' build || return
    build=$root/build/release
  fi
  export ZOMG_BIN="$build/bin"
  [ -n "$expression" ] || unit_tests
  python_tests deploy tests/deploy
  prepare 'images of the boxes' deploy/tools/images.sh || return
  prepare 'sshd for a box' tests/sshd_in_box.sh || return
  prepare 'SSH clients of npm' tests/npm_clients.sh || return
  [ -n "$quick" ] || prepare 'packages of Go' deploy/tools/packages.sh go || return
  # Files side by side: each process has a node of its own, and much of a test is waiting.
  marks='not alone'
  python_tests e2e tests/e2e --numprocesses "$jobs" --dist loadfile
  # And with nothing beside them, those that use up something of the whole machine's.
  marks=alone
  python_tests e2e-alone tests/e2e --numprocesses 0
  marks=
  [ -z "$quick" ] || return
  virtual_machine || return
  other_stacks || return
  [ -n "$expression" ] || arm64
  prepare 'packages for Kubernetes' deploy/tools/packages.sh cluster || return
  prepare 'Kubernetes' tests/cluster/build.sh || return
  prepare 'kubectl 1.31' tests/cluster/kubectl.sh 31 || return
  prepare 'kubectl 1.36' tests/cluster/kubectl.sh 36 || return
  prepare 'WebSocket for Kubernetes' tests/cluster/websocket.sh || return
  python_tests cluster tests/cluster
  export ZOMG_TEST_KUBECTL=36
  python_tests newest-kubectl tests/cluster/fallback --ignore tests/cluster/fallback/test_slow_readers.py
  export ZOMG_TEST_WEBSOCKET=yes
  python_tests websocket tests/cluster/fallback --ignore tests/cluster/fallback/test_slow_readers.py
}

started=$(now)
all
printf '\nin %s s\n' "$(($(now) - started))"
clean_up
trap - EXIT
/usr/bin/python3 tests/summary.py "$results"
