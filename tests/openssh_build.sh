#!/bin/sh
# Makes OpenSSH's sshd and its software FIDO key available, both of which the tests compare with, and
# prints the directory that they are in: `sshd` and `sk-dummy.so`.
#
# They are built from Debian's source package of the version that is installed here, with an apt state
# of its own, into ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}. Nothing is installed, so there is no
# service to start, and nothing of the system's changes. What was built once is found again without
# network.
set -eu

cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { echo "openssh: $*" >&2; }
die() { say "$@"; exit 1; }

# ssh loads a FIDO key's library only if it is of its own version.
version=$(dpkg-query -W -f '${Version}' openssh-client) || die "openssh-client is not installed"
built=$cache/openssh-build-${version#*:}
print_built() { [ -f "$built/sshd" ] && [ -f "$built/sk-dummy.so" ] && echo "$built"; }

print_built && exit 0
mkdir -p "$cache"
exec 9>"$cache/openssh-build.lock"
flock 9
print_built && exit 0 # while we waited for the lock

work=$(mktemp -d "$cache/openssh-work.XXXXXX")
apt_state=$(mktemp -d)
trap 'rm -rf "$work" "$apt_state"' EXIT
trap 'exit 130' INT TERM HUP
# apt drops to its own user for the network, which must reach these.
chmod 755 "$apt_state"
mkdir -p "$apt_state/source" "$apt_state/lists/partial" "$apt_state/cache/archives/partial"
if [ "$(id -u)" = 0 ] && getent passwd _apt >/dev/null; then chown _apt "$apt_state/source"; fi

apt() {
  LC_ALL=C apt-get -q -o Dir::Etc::sourcelist="$apt_state/source.sources" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::State::Lists="$apt_state/lists" \
    -o Dir::Cache="$apt_state/cache" -o APT::Get::AllowUnauthenticated=false \
    -o Acquire::AllowInsecureRepositories=false -o Acquire::Languages=none "$@"
}

# apt itself says which archives this machine uses, whatever format its sources are written in.
archives() {
  apt-get update --print-uris |
    sed -nE "s#^'(.*)/dists/([^/]*)/InRelease' .*#\1 \2#p" | grep -i debian | sort -u
}

fetch() {
  archives >"$work/archives"
  while read -r mirror suite; do
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
      "$mirror" "$suite" "$keyring" >"$apt_state/source.sources"
    apt update -o APT::Update::Error-Mode=any >"$apt_state/log" 2>&1 || continue
    (cd "$apt_state/source" && apt source --download-only "openssh=$version") \
      >>"$apt_state/log" 2>&1 && return 0
  done <"$work/archives"
  return 1
}

say "fetching the source of $version"
fetch || { cat "$apt_state/log" >&2; die "no source of openssh $version to be had"; }
dpkg-source --no-copy -x "$apt_state"/source/openssh_*.dsc "$work/source" >"$apt_state/log" 2>&1 ||
  { cat "$apt_state/log" >&2; die "the source of $version did not unpack"; }

say "building"
# Unprivileged and unoptimised: it is there to be asked what it accepts.
{ cd "$work/source" &&
  # Debian patches configure.ac; what it adds is not needed here.
  touch configure config.h.in &&
  ./configure --without-pam --without-zlib --disable-strip --with-privsep-user=nobody \
    --with-privsep-path="$built/empty" CFLAGS='-O0' &&
  make -j"$(nproc)" sshd regress/misc/sk-dummy/sk-dummy.so; } >"$work/log" 2>&1 ||
  { tail -n 40 "$work/log" >&2; die "openssh $version did not build"; }
mkdir -p "$built/empty"
chmod 755 "$built/empty"
cp regress/misc/sk-dummy/sk-dummy.so "$built/"
cp sshd "$built/"
print_built
