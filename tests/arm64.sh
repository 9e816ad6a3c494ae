#!/bin/sh
# Builds for arm64 and tests that without such a machine:  tests/arm64.sh
#
# In a tree of Debian 12 of its own (host.sh), with Debian's cross compiler. It runs by qemu-user: so far libssh, and
# the unit tests of common/, on which all sandboxes depend. arm64/skipped lists what qemu-user cannot run. Results are
# in build/host-bookworm+arm64/test-results; what was compiled once comes from a cache in the tree. As root, without
# arguments. The last line is `N passed, N failed, N skipped`.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"
if [ $# -gt 0 ] && [ "$1" != --inside ]; then sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; fi
if [ "${1:-}" != --inside ]; then exec tests/host.sh bookworm+arm64 tests/arm64.sh --inside; fi

results=build/test-results
build=build/arm64
tests=common_test
export QEMU_CPU=max,pauth-impdef=on
rm -rf "$results"
mkdir -p "$results"

# --- what it takes ----------------------------------------------------------------------------
packages='crossbuild-essential-arm64 cmake ninja-build pkg-config dpkg-dev debian-archive-keyring xz-utils
  ccache qemu-user-static python3 python3-pytest protobuf-compiler nlohmann-json3-dev libssl-dev:arm64
  libseccomp-dev:arm64 libcap-dev:arm64 libyaml-cpp-dev:arm64 libcurl4-openssl-dev:arm64 libfmt-dev:arm64
  libmicrohttpd-dev:arm64 libprotobuf-dev:arm64 zlib1g-dev:arm64 libzstd-dev:arm64 libgtest-dev:arm64
  libgmock-dev:arm64'
# shellcheck disable=SC2086 # a list of names
if ! dpkg-query -W $packages >"$results/packages.log" 2>&1; then
  { apt-get -q update &&
      DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $packages; } \
    >"$results/packages.log" 2>&1 || { tail -n 20 "$results/packages.log"; exit 1; }
fi
libssh=$(deploy/tools/libssh.sh --arch arm64)

# --- the build --------------------------------------------------------------------------------
# With little optimisation: what differs by architecture is there without, in a third of the time.
cmake --preset arm64 "-DZOMG_LIBSSH_PREFIX=$libssh" -DZOMG_TESTS=ON \
  "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
  -DCMAKE_C_COMPILER_LAUNCHER=ccache >"$results/build.log"
# shellcheck disable=SC2086 # a list of names
cmake --build "$build" --target $tests >>"$results/build.log" ||
  { tail -n 40 "$results/build.log"; exit 1; }

# --- the tests --------------------------------------------------------------------------------
excluded=$(sed -n '/^[^#]/s/|.*//p' tests/arm64/skipped | paste -s -d :)
for test in $tests; do
  status=0
  qemu-aarch64-static "$build/bin/$test" --gtest_brief=1 --gtest_filter="-$excluded" \
    "--gtest_output=xml:$results/$test.xml" || status=$?
  echo "$status" >"$results/$test.status"
done
status=0
/usr/bin/python3 -m pytest tests/arm64 --junitxml "$results/skipped.xml" || status=$?
echo "$status" >"$results/skipped.status"
/usr/bin/python3 tests/summary.py "$results"
