#!/bin/sh
# Runs tests on a virtual machine of Debian 13:  tests/vm/run.sh [--results DIR] [--again] [-k EXPRESSION] [SUITE…]
#
#   --again        with the package that was built last time
#   --results DIR  leaves the reports there for tests/summary.py, and sums up nothing itself
#   -k EXPRESSION  only the tests that match it (pytest's -k), and docs/deploy.md's way, which installs the package
#
# The machine has cgroup v2 alone, AppArmor and systemd. It is made once (image.sh) and each run goes on from
# where it had started. It is emulated, so it is slow: tests/README.md has the figures. What is installed there is the
# Debian package, built in a tree of Debian 13 (host.sh). suites.py has the suites. As root; reports stay in
# build/test-results/vm.
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
# shellcheck source=tests/vm/qemu.sh disable=SC1091 # found from where this is
. "$here/qemu.sh"

results='' again='' expression='' suites=''
while [ $# -gt 0 ]; do
  case $1 in
    --results) results=$(cd "${2:?--results needs a directory}" && pwd -P); shift ;;
    --again) again=yes ;;
    -k) expression=${2:?-k needs an expression}; shift ;;
    -*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) suites="$suites $1" ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || die "run it as root"
cd "$root"
sum_up=
if [ -z "$results" ]; then
  sum_up=yes
  results=$root/build/test-results/vm
  rm -rf "$results"
  mkdir -p "$results"
fi
# shellcheck disable=SC2086 # a list of names
suites=$(/usr/bin/python3 "$here/suites.py" names $suites)

work=$(mktemp -d /var/tmp/zomg-vm.XXXXXX)
clean_up() { stop_machine; rm -rf "$work"; }
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- the machine ------------------------------------------------------------------------------
step() { # NAME COMMAND…
  printf '%-44s' "$1"
  log=$results/vm-$2.log
  began=$(date +%s)
  shift
  "$@" >"$log" 2>&1 || { echo FAILED; tail -n 40 "$log"; echo "vm: all of its output is in $log"; exit 1; }
  printf '%5s s\n' "$(($(date +%s) - began))"
}

# The functions of the steps are called by name.
# shellcheck disable=SC2317
package() { tests/host.sh trixie tests/vm/package.sh; }
# shellcheck disable=SC2317
image() { "$here/image.sh" >"$work/image"; }
# shellcheck disable=SC2317
start() {
  image=$(cat "$work/image")
  qemu-img create -q -f qcow2 -b "$image/disk.qcow2" -F qcow2 "$work/disk.qcow2"
  tar -c --exclude=./build --exclude=./.git --exclude=__pycache__ --transform 's,^\./,root/main/,' \
    . -C build/host-trixie/vm root | make_payload "$work/payload"
  start_machine "$image" "$work/disk.qcow2" "$work/payload" "$image/state"
  wait_for_machine
  in_machine "date -s @$(date +%s) >/dev/null && blockdev --flushbufs /dev/vdb && tar -x -C / -f /dev/vdb --no-same-owner --touch"
}

[ -n "$again" ] || step 'Debian 13: package' package
step 'Debian 13: virtual machine' image
step 'Debian 13: start' start

# --- the tests --------------------------------------------------------------------------------
for suite in $suites; do
  printf '\n== vm-%s\n' "$suite"
  began=$(date +%s)
  code=0
  in_machine "/root/main/tests/vm/guest/run.sh '$suite' '$expression'" </dev/null || code=$?
  in_machine "cat /root/results/$suite.xml" >"$results/vm-$suite.xml" || rm "$results/vm-$suite.xml"
  echo "$code" >"$results/vm-$suite.status"
  printf '== vm-%s took %s s\n' "$suite" "$(($(date +%s) - began))"
done
in_machine 'cat /root/results/tried-on' >"$results/vm-tried-on.log" || true
in_machine 'journalctl -k --no-pager' >"$results/vm-kernel.log" || true
[ -z "$sum_up" ] || /usr/bin/python3 tests/summary.py "$results"
