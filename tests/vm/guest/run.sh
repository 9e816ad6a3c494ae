#!/bin/sh
# In the virtual machine: runs one suite of ../suites.py, with its report in /root/results:
#
#   guest/run.sh SUITE [EXPRESSION]
set -eu

suite=$1 expression=${2-}
cd "$(dirname "$0")/../../.."
results=/root/results
mkdir -p "$results" /var/tmp/zomg
chmod 711 /var/tmp/zomg

tests/tried_on.py row >"$results/tried-on"
# shellcheck disable=SC2046 # a list of files
set -- $(/usr/bin/python3 tests/vm/suites.py files "$suite")
case $suite in plain-host | kernel-log) expression= ;; esac
exec /usr/bin/python3 -m pytest "$@" --rootdir . -c tests/e2e/pytest.ini \
  -o cache_dir="$results/cache" --basetemp "/var/tmp/zomg/$suite" --junitxml "$results/$suite.xml" ${expression:+-k "$expression"}
