#!/bin/sh
# Runs clang-tidy over the sources:  tests/tidy.sh BUILD [FILE…]
#
# BUILD is a build directory without ZOMG_UNITY, for its compile_commands.json; without files, all sources but
# the tests. It takes a quarter of an hour of one core for all, so tests/run.sh leaves it out. Status 1 if it finds
# anything.
set -eu

usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d' >&2; exit 2; }
[ $# -ge 1 ] || usage
build=$(cd "$1" && pwd -P)
shift
cd "$(dirname "$0")/.."
[ -f "$build/compile_commands.json" ] || { echo "tidy: $build is no build directory" >&2; exit 2; }
if grep -q '/Unity/unity_' "$build/compile_commands.json"; then
  echo "tidy: $build compiles several files as one; take build/dev, or configure one without ZOMG_UNITY" >&2
  exit 2
fi
if [ $# -eq 0 ]; then
  # shellcheck disable=SC2046 # names without blanks
  set -- $(find common listener monitor sessiond -name '*.cc')
fi
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 clang-tidy -p "$build" --quiet
