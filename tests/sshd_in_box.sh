#!/bin/sh
# Makes a tar of what a box of deploy/tools lacks to be compared with, and prints its path: Debian's
# sshd, and what clients want to find at the other end (borg, unison, git, all of Python), with the libraries.
# It is unpacked over /volumes. It is made once into ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}.
set -eu

names='openssh-server libwrap0 libpam0g libaudit1 libcap-ng0 libcrypt1 libnsl2 libtirpc3 libsystemd0
  libcom-err2 borgbackup python3-msgpack python3-pkg-resources python3-packaging libxxhash0 unison-2.52
  python3.11 libpython3.11-stdlib libpython3.11-minimal libexpat1 libbz2-1.0 git'

here=$(cd "$(dirname "$0")" && pwd)
cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
key=$( { cat "$here/sshd_in_box.sh"; sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; uname -m; } |
  sha256sum | cut -c1-12)
archive=$cache/sshd-in-box-$key.tar

[ -f "$archive" ] && { echo "$archive"; exit 0; }
mkdir -p "$cache"
exec 9>"$cache/sshd-in-box.lock"
flock 9
[ -f "$archive" ] && { echo "$archive"; exit 0; }

work=$(mktemp -d "$cache/sshd-in-box.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
# apt fetches as a user of its own, which must reach this.
chmod 755 "$work"
mkdir -p "$work/archives/partial" "$work/tree"
: >"$work/status"

# With an empty status file apt resolves the whole closure, as for an empty machine, and checks the
# signatures and hashes of what it fetches.
fetch() {
  # shellcheck disable=SC2086 # a list of names
  LC_ALL=C apt-get -q -y -o Dir::State::status="$work/status" -o Dir::Cache::archives="$work/archives" \
    -o Debug::NoLocking=true --no-install-recommends --download-only install $names >"$work/log" 2>&1
}
fetch || { apt-get -q update >"$work/log" 2>&1 && fetch; } || { cat "$work/log" >&2; exit 1; }
for name in $names; do
  dpkg-deb --fsys-tarfile "$work/archives/$name"_*.deb | tar -x -C "$work/tree" \
    --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*'
done
# A package may have /lib, and boxes have /usr/lib alone.
for dir in bin sbin lib; do
  [ -d "$work/tree/$dir" ] || continue
  mkdir -p "$work/tree/usr/$dir"
  cp -a "$work/tree/$dir/." "$work/tree/usr/$dir"
  rm -r "${work:?}/tree/$dir"
done
ln -sf unison-2.52 "$work/tree/usr/bin/unison"
tar -c -C "$work/tree" --sort=name --numeric-owner -f "$work/made.tar" .
mv "$work/made.tar" "$archive"
echo "$archive"
