#!/bin/sh
# The gateway beside OpenSSH's sshd, in one run on one machine:
#
#   tests/bench.sh [--quick] [--only NAME,...] [--out DIR] [--record] [--note SENTENCE]
#
# sshd runs inside the box that the gateway enters, so both serve the same programs in the same
# cgroup. Writes results.json, chart.svg and table.md into DIR (default build/bench), and prints each
# figure. tests/bench/README.md explains them; --record writes them there, too.
set -eu

case ${1-} in -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
root=$(cd "$(dirname "$0")/.." && pwd -P)
[ "$(id -u)" = 0 ] || { echo "bench: run it as root" >&2; exit 1; }
cd "$root"

deploy/tools/packages.sh run build test
prefix=$(deploy/tools/libssh.sh)
tests=-DZOMG_TESTS=OFF
if [ -f build/release/CMakeCache.txt ]; then tests=; fi
# shellcheck disable=SC2086 # one option or none
cmake --preset release "-DZOMG_LIBSSH_PREFIX=$prefix" $tests >/dev/null
cmake --build --preset release >/dev/null
deploy/tools/users.sh add
ZOMG_BIN=$root/build/release/bin
export ZOMG_BIN
exec /usr/bin/python3 tests/bench/main.py "$@"
