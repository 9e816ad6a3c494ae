#!/bin/sh
# Fuzzes every parser:  tests/fuzz.sh MINUTES [TARGET…]
#                       tests/fuzz.sh runs=RUNS [TARGET…]
#
# MINUTES is for all targets together, an equal part for each; RUNS is for each, however long that
# takes. They run side by side, one a core, and start from the committed corpora, copied: what is found
# stays in build/fuzz-results/TARGET, where `crash-…` and its like are the inputs that broke something.
# Status 1 if there is one.
set -eu

usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d' >&2; exit 2; }
[ $# -ge 1 ] || usage
much=$1
shift
case ${much#runs=} in '' | *[!0-9]* | 0) usage ;; esac

root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"
prefix=$(deploy/tools/libssh.sh)
cmake --preset fuzz "-DZOMG_LIBSSH_PREFIX=$prefix" >/dev/null
if [ $# -eq 0 ]; then
  for source in tests/fuzz/*_fuzz.cc; do
    set -- "$@" "$(basename "$source" .cc)"
  done
fi
cmake --build build/fuzz --target "$@"

cores=$(nproc)
case $much in
  # To choose inputs by their entropy costs a small parser half as much as to run them.
  runs=*) limit=-$much entropic=0 each="${much#runs=} runs" ;;
  *) seconds=$((much * 60 * cores / $#))
    [ "$seconds" -gt 0 ] || seconds=1
    limit=-max_total_time=$seconds entropic=1 each="$seconds s" ;;
esac
results=$root/build/fuzz-results
rm -rf "$results"
for target in "$@"; do
  mkdir -p "$results/$target/corpus"
  cp "tests/fuzz/corpus/${target%_fuzz}"/* "$results/$target/corpus/"
done

echo "fuzz: $# targets, $each each, $cores at once"
# xargs waits for all, whatever becomes of one, and then says whether each was well.
# shellcheck disable=SC2016 # for the inner shell
printf '%s\n' "$@" | xargs -P "$cores" -I '{}' sh -c '
  cd "$1/$2" || exit 1
  begin=$(date +%s)
  if "$3/$2" "$4" "$5" -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 corpus >log 2>&1; then
    echo "$2: $(sed -n "s/^stat::number_of_executed_units: *//p" log) runs in" \
      "$(($(date +%s) - begin)) s, nothing found"
  else
    echo "$2: FAILED, see $1/$2/log"
    exit 1
  fi' sh "$results" '{}' "$root/build/fuzz/bin" "$limit" "-entropic=$entropic" || exit 1
