#!/bin/sh
# Runs a command on another Debian, natively:  tests/host.sh CODENAME[+ARCHITECTURE] COMMAND [ARGUMENT…]
#
# In a bare tree of that release (mmdebstrap's minbase, made once in
# ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}) which has this checkout at /src, with a build
# directory of its own: build/host-CODENAME of this one. Kernel and network are this machine's. As root; what
# the command mounts is gone at its end, what it installs stays in the tree. With an architecture the tree is
# another one, which takes packages of that architecture, too: to build for it.
set -eu

name=${1:?usage: host.sh CODENAME COMMAND…}
codename=${name%%+*}
foreign=${name#"$codename"}
foreign=${foreign#+}
shift
: "${1:?usage: host.sh CODENAME COMMAND…}"
root=$(cd "$(dirname "$0")/.." && pwd -P)
cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
tree=$cache/host-$name

die() { echo "host: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || die "run it as root"

mkdir -p "$cache"
exec 9>"$cache/host-$name.lock"
flock 9

# --- the tree ---------------------------------------------------------------------------------
make_tree() {
  command -v mmdebstrap >/dev/null || die "mmdebstrap is missing: run deploy/tools/packages.sh test"
  # shellcheck disable=SC2016 # for apt
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m 1 '/debian/*$') ||
    die "no Debian archive is among this machine's apt sources"
  # What apt takes for expired here is not better there.
  eval "$(apt-config shell valid Acquire::Check-Valid-Until)"
  rm -rf "$tree.new"
  mmdebstrap --quiet --variant=minbase --include=ca-certificates --aptopt='Acquire::Languages "none"' \
    --aptopt="Acquire::Check-Valid-Until \"${valid:-true}\"" \
    --architectures="$(dpkg --print-architecture)${foreign:+,$foreign}" "$codename" "$tree.new" "$mirror"
  mv "$tree.new" "$tree"
}
[ -d "$tree" ] || make_tree
exec 9>&-

# --- the way in -------------------------------------------------------------------------------
mkdir -p "$tree/src" "$root/build/host-$name"
cp /etc/resolv.conf "$tree/etc/resolv.conf"
settings=$(env | grep '^ZOMG_' | grep -v '^ZOMG_SSH_CACHE=' || true)
# pivot_root(2), as runc cannot make a root of its own in one of chroot(2). /run as systemd mounts it.
# shellcheck disable=SC2016,SC2086 # for the inner shell; settings have no spaces
exec unshare --mount --propagation private sh -euc '
  tree=$1 root=$2 name=$3
  shift 3
  mount --bind "$tree" "$tree"
  mount -t proc proc "$tree/proc"
  mount --rbind /sys "$tree/sys"
  mount --rbind /dev "$tree/dev"
  mount -t tmpfs -o nosuid,nodev,noexec,mode=755 tmpfs "$tree/run"
  mount --bind "$root" "$tree/src"
  mount --bind "$root/build/host-$name" "$tree/src/build"
  cd "$tree"
  mkdir -p mnt/host
  pivot_root . mnt/host
  cd /src
  umount --lazy /mnt/host
  exec "$@"' sh "$tree" "$root" "$name" \
  env -i HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin $settings "$@"
