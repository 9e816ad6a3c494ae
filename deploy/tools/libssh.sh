#!/bin/sh
# Makes a static libssh 0.12 (>= 0.12.1) available and prints its prefix as the last line on stdout.
#
#   deploy/tools/libssh.sh [--variant default|asan|fuzz] [--arch arm64]
#
# Debian 12 has 0.10, which knows no post-quantum key exchange. So: the system's static library where
# it is new enough, else Debian's own source package from a newer suite, with one function made faster
# (deploy/tools/libssh/sntrup761.awk), built into ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}. What was built
# once is found again without network. With --arch, for that architecture of Debian's, by its cross compiler.
# The prefix has a file `source`, which says what it was made from.
set -eu

faster=$(cd "$(dirname "$0")" && pwd -P)/libssh/sntrup761.awk
cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
oldest=0.12.1
too_new=0.13

say() { echo "libssh: $*" >&2; }
die() { say "$@"; exit 1; }

variant=default
arch=
while [ $# -gt 0 ]; do
  case $1 in
    --variant) variant=${2:?--variant needs default, asan or fuzz} ;;
    --arch) arch=${2:?--arch needs an architecture of Debian} ;;
    *) die "unknown argument '$1'; usage: $0 [--variant default|asan|fuzz] [--arch arm64]" ;;
  esac
  shift 2
done

compiler=gcc
machine=$(uname -m)
cross=
if [ -n "$arch" ] && [ "$arch" != "$(dpkg --print-architecture)" ]; then
  [ "$variant" = default ] || die "the variant $variant is for this machine only"
  [ "$arch" = arm64 ] || die "it was built for amd64 and arm64 only"
  compiler=aarch64-linux-gnu-gcc
  machine=aarch64
  cross="-DCMAKE_TOOLCHAIN_FILE=$(cd "$(dirname "$0")" && pwd -P)/arm64.cmake"
fi
base='-fPIE -ffunction-sections -fdata-sections'
case $variant in
  default)
    # -O3 vectorizes the arithmetic of the post-quantum key exchanges.
    flags="-O3 -g -DNDEBUG $base -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong"
    flags="$flags -fstack-clash-protection"
    case $machine in
      x86_64) flags="$flags -fcf-protection=full" ;;
      aarch64) flags="$flags -mbranch-protection=pac-ret" ;; # not bti: CMakeLists.txt
    esac ;;
  asan) flags="-O1 -g $base -fno-omit-frame-pointer -fsanitize=address,undefined" ;;
  fuzz)
    compiler=clang
    flags="-O1 -g $base -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address" ;;
  *) die "unknown variant '$variant': default, asan or fuzz" ;;
esac
# FORTIFY and the sanitizers exclude each other, and libssh adds FORTIFY to every optimised build type.
case $variant in default) build_type=RelWithDebInfo ;; *) build_type=Debug ;; esac

# No gssapi: its code is reachable before authentication. No zlib: no compression before or after it.
# No exec and no gex: an empty root has neither programs nor a moduli file.
options='-DBUILD_SHARED_LIBS=OFF -DWITH_SERVER=ON -DWITH_SFTP=OFF -DWITH_GSSAPI=OFF -DWITH_ZLIB=OFF
  -DWITH_PCAP=OFF -DWITH_NACL=OFF -DWITH_FIDO2=OFF -DWITH_PKCS11_URI=OFF -DWITH_PKCS11_PROVIDER=OFF
  -DWITH_EXEC=OFF -DWITH_GEX=OFF -DWITH_INSECURE_NONE=OFF -DWITH_DEBUG_CALLTRACE=OFF
  -DWITH_SYMBOL_VERSIONING=OFF -DWITH_EXAMPLES=OFF -DUNIT_TESTING=OFF'

wanted() { dpkg --compare-versions "$1" ge "$oldest" && dpkg --compare-versions "$1" lt "$too_new~"; }

# --- the system's -----------------------------------------------------------------------------
if [ "$variant" = default ] && [ -z "$cross" ] && version=$(pkg-config --modversion libssh 2>/dev/null) &&
   wanted "$version" && [ -f "$(pkg-config --variable=libdir libssh)/libssh.a" ]; then
  say "using the system's $version"
  pkg-config --variable=prefix libssh
  exit 0
fi

# --- built before -----------------------------------------------------------------------------
# The name of a build carries a hash of all that made it, so a change of flags makes a new one.
key=$( { echo "$variant $compiler $flags $options"; cat "$faster"; "$compiler" -dumpfullversion 2>/dev/null ||
         echo none; echo "$machine source"; } | sha256sum | cut -c1-12)

print_built() {
  built=
  for prefix in "$cache"/libssh-*-"$key"; do
    [ -f "$prefix/lib/libssh.a" ] && built=$prefix
  done
  [ -n "$built" ] || return 1
  echo "$built"
}
print_built && exit 0

for tool in "$compiler" cmake ninja dpkg-source xz; do
  command -v "$tool" >/dev/null || die "$tool is missing: run deploy/tools/packages.sh build first"
done
mkdir -p "$cache"
exec 9>"$cache/libssh.lock"
flock 9
print_built && exit 0 # while we waited for the lock

work=$(mktemp -d "$cache/libssh-work.XXXXXX")
apt_state=$(mktemp -d)
trap 'rm -rf "$work" "$apt_state"' EXIT
trap 'exit 130' INT TERM HUP
# apt drops to its own user for the network, which must reach these two.
chmod 755 "$apt_state"
mkdir -p "$apt_state/source" "$apt_state/lists/partial" "$apt_state/cache/archives/partial"
if [ "$(id -u)" = 0 ] && getent passwd _apt >/dev/null; then chown _apt "$apt_state/source"; fi

# --- the source -------------------------------------------------------------------------------
apt() {
  LC_ALL=C apt-get -q -o Dir::Etc::sourcelist="$apt_state/newer.sources" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::State::Lists="$apt_state/lists" \
    -o Dir::Cache="$apt_state/cache" -o APT::Get::List-Cleanup=true \
    -o APT::Get::AllowUnauthenticated=false -o Acquire::AllowInsecureRepositories=false \
    -o Acquire::Languages=none "$@"
}

# apt itself says which archives this machine uses, whatever format its sources are written in.
mirrors() {
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  apt-get update --print-uris |
    sed -nE "s#^'(.*)/dists/(${codename:-stable}|stable|testing|unstable|sid)/InRelease' .*#\1#p" |
    sort -u
}

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -f "$keyring" ] || die "$keyring is missing: apt-get install debian-archive-keyring"

# Leaves the version of libssh in suite $2 of mirror $1 in $version.
look_in() {
  printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$1" "$2" "$keyring" >"$apt_state/newer.sources"
  version=
  if ! apt update -o APT::Update::Error-Mode=any >"$apt_state/log" 2>&1; then
    if grep -q NO_PUBKEY "$apt_state/log"; then
      say "suite $2 is signed by a key that $keyring lacks: upgrade debian-archive-keyring"
      found="$found $2: unknown key;"
    elif grep -q 'Release file .* is expired' "$apt_state/log"; then
      say "mirror $1 has not been updated for long: apt takes its suite $2 for expired. Use a mirror that" \
        "is kept up to date, or, where an old state is meant, have a file in /etc/apt/apt.conf.d say" \
        "Acquire::Check-Valid-Until \"false\";"
      found="$found $2: expired;"
    else
      sed -n 's/^[EW]: /  /p' "$apt_state/log" >&2
      found="$found $2: not readable;"
    fi
    return 1
  fi
  version=$(apt-cache -o Dir::Etc::sourcelist="$apt_state/newer.sources" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::State::Lists="$apt_state/lists" \
    -o Dir::Cache="$apt_state/cache" showsrc --only-source libssh |
    sed -n 's/^Version: //p' | sort -V | tail -n 1)
  found="$found $2: ${version:-none};"
  wanted "${version:-0}"
}

# The aliases move with time; the code names serve mirrors that lack them.
find_source() {
  for suite in testing unstable forky sid; do
    for mirror in $(mirrors); do
      say "looking in Debian $suite"
      look_in "$mirror" "$suite" && return 0
    done
  done
  return 1
}

found=
find_source || die "no libssh >= $oldest and < $too_new to be had (found:${found:- no Debian archive among the apt sources;} none in this system). \
Check that this machine's Debian mirror carries the suites testing or unstable, or install a \
libssh-dev in that range with a static libssh.a."

say "fetching the source of $version from $suite"
(cd "$apt_state/source" && apt source --download-only "libssh=$version") >"$apt_state/log" 2>&1 ||
  { cat "$apt_state/log" >&2; die "the download of libssh $version failed"; }
# apt has checked the signature of the suite, and by its hashes every file; this checks the .dsc's.
dpkg-source --no-copy -x "$apt_state"/source/libssh_*.dsc "$work/source" >"$apt_state/log" 2>&1 ||
  { cat "$apt_state/log" >&2; die "the source of libssh $version did not unpack"; }
slow=$work/source/src/external/sntrup761.c
if awk -f "$faster" "$slow" >"$work/sntrup761.c"; then
  mv "$work/sntrup761.c" "$slow"
  changed=src/external/sntrup761.c
else
  changed=
  say "libssh $version has another sntrup761.c than is known: it is built as it is"
fi

# --- the build --------------------------------------------------------------------------------
prefix=$cache/libssh-$version-$key
say "building $version ($variant)"
# shellcheck disable=SC2086 # a list of options
{ cmake -S "$work/source" -B "$work/build" -G Ninja $options -DCMAKE_BUILD_TYPE=$build_type \
    $cross -DCMAKE_C_COMPILER=$compiler -DCMAKE_C_FLAGS="$flags" -DCMAKE_C_FLAGS_RELWITHDEBINFO= \
    -DCMAKE_C_FLAGS_DEBUG= -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib &&
  cmake --build "$work/build" &&
  DESTDIR="$work/stage" cmake --install "$work/build"; } >"$work/log" 2>&1 ||
  { tail -n 40 "$work/log" >&2; die "libssh $version did not build"; }
[ -f "$work/stage$prefix/lib/libssh.a" ] || die "the build of $version made no lib/libssh.a"
{ echo "Version: $version"
  echo "Changed: $changed"
  sed -n '/^Checksums-Sha256:/,/^[^ ]/s/^ //p' "$apt_state"/source/libssh_*.dsc |
    while read -r sum _ file; do echo "$file: $sum"; done; } >"$work/stage$prefix/source"
mv "$work/stage$prefix" "$prefix"
print_built
