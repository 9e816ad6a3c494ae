#!/bin/sh
# Makes the ssh of Debian's backports (OpenSSH 10) available and prints its path. It is fetched with an
# apt state of its own and unpacked into ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}: nothing is
# installed, nothing of the system's changes. What was fetched once is found again without network.
set -eu

cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
unpacked=$cache/openssh-10
oldest=1:10.0

say() { echo "openssh10: $*" >&2; }
die() { say "$@"; exit 1; }
print_unpacked() { [ -x "$unpacked/usr/bin/ssh" ] && echo "$unpacked/usr/bin/ssh"; }

# The system's own, on a newer Debian.
version=$(dpkg-query -W -f '${Version}' openssh-client 2>/dev/null || echo 0)
if dpkg --compare-versions "$version" ge "$oldest"; then command -v ssh; exit 0; fi
print_unpacked && exit 0
mkdir -p "$cache"
exec 9>"$cache/openssh10.lock"
flock 9
print_unpacked && exit 0

work=$(mktemp -d "$cache/openssh10-work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
# apt drops to its own user for the network, which must reach this.
chmod 755 "$work"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/package" "$work/tree"
if [ "$(id -u)" = 0 ] && getent passwd _apt >/dev/null; then chown _apt "$work/package"; fi

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
apt() {
  LC_ALL=C apt-get -q -o Dir::Etc::sourcelist="$work/backports.sources" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::State::Lists="$work/lists" \
    -o Dir::Cache="$work/cache" -o APT::Get::AllowUnauthenticated=false \
    -o Acquire::AllowInsecureRepositories=false -o Acquire::Languages=none "$@"
}

# apt itself says which archives this machine uses, whatever format its sources are written in.
mirrors() {
  apt-get update --print-uris | sed -nE "s#^'(.*)/dists/$codename/InRelease' .*#\1#p" | sort -u
}

fetch() {
  for mirror in $(mirrors); do
    printf 'Types: deb\nURIs: %s\nSuites: %s-backports\nComponents: main\nSigned-By: %s\n' \
      "$mirror" "$codename" "$keyring" >"$work/backports.sources"
    apt update -o APT::Update::Error-Mode=any >"$work/log" 2>&1 || continue
    (cd "$work/package" && apt download openssh-client) >>"$work/log" 2>&1 && return 0
  done
  return 1
}
fetch || { cat "$work/log" >&2 2>/dev/null || true; die "no openssh-client in $codename-backports to be had"; }
version=$(dpkg-deb -f "$work"/package/*.deb Version)
dpkg --compare-versions "$version" ge "$oldest" || die "$codename-backports has only $version"
dpkg-deb -x "$work"/package/*.deb "$work/tree"
"$work/tree/usr/bin/ssh" -V >"$work/log" 2>&1 || { cat "$work/log" >&2; die "$version does not run here"; }
rm -rf "$unpacked"
mv "$work/tree" "$unpacked"
print_unpacked
