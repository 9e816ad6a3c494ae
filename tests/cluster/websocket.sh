#!/bin/sh
# Makes wsfront/ available and prints its path: kube-apiserver's own way from WebSocket to SPDY, which
# goes in front of the cluster's API server. That one has none that kubectl from 1.30 on would take.
#
# Debian has the code in its unstable suite alone. It is built there, in a directory that is removed
# again, into ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}: once, within some minutes. As root.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}

die() { echo "websocket: $*" >&2; exit 1; }

key=$(cat "$here/websocket.sh" "$here/wsfront/main.go" | sha256sum | cut -c1-12)
program=$cache/wsfront-$key
if [ -x "$program" ]; then echo "$program"; exit 0; fi
for tool in mmdebstrap unshare; do
  command -v "$tool" >/dev/null || die "$tool is missing: run deploy/tools/packages.sh test first"
done
mkdir -p "$cache"
exec 9>"$cache/wsfront.lock"
flock 9
if [ -x "$program" ]; then echo "$program"; exit 0; fi # while we waited for the lock

work=$(mktemp -d "$cache/wsfront-work.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$work"
root=$work/root

quietly() { # runs the rest; what it says is shown when it fails
  "$@" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; die "this failed: $*"; }
}

# The binary archive that this machine uses.
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
mirror=$(apt-get update --print-uris |
  sed -nE "s#^'(.*)/dists/$codename/InRelease' .*#\1#p" | head -n 1)
[ "$mirror" ] || die "no Debian archive of $codename among the apt sources"
quietly mmdebstrap --variant=minbase --include=ca-certificates,golang-go,golang-k8s-apiserver-dev \
  --aptopt='Acquire::Check-Valid-Until "false"' sid "$root" \
  "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main"
mkdir "$root/wsfront"
cp "$here/wsfront/main.go" "$root/wsfront"
# shellcheck disable=SC2016 # for the inner shell
quietly unshare --mount chroot "$root" sh -c 'mount -t proc proc /proc && exec "$@"' sh \
  env HOME=/root CGO_ENABLED=0 GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=/wsfront/cache \
  GOTOOLCHAIN=local go build -p 2 -ldflags '-s -w' -o /wsfront/wsfront /wsfront/main.go
mv "$root/wsfront/wsfront" "$program"
echo "$program"
