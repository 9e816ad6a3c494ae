#!/bin/sh
# Makes promtool available and prints its path. Of Debian's package prometheus, whose server and web
# pages the tests do not need, the one program is unpacked into
# ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}. What was fetched once is found again without network.
set -eu

cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
program=$cache/promtool

command -v promtool && exit 0
print_unpacked() { [ -x "$program" ] && echo "$program"; }
print_unpacked && exit 0
mkdir -p "$cache"
exec 9>"$cache/promtool.lock"
flock 9
print_unpacked && exit 0

work=$(mktemp -d "$cache/promtool-work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
# apt drops to its own user for the network, which must reach this.
chmod 755 "$work"
if [ "$(id -u)" = 0 ] && getent passwd _apt >/dev/null; then chown _apt "$work"; fi
fetch() { (cd "$work" && apt-get -q download prometheus) >"$work/log" 2>&1; }
fetch || { apt-get -q -o DPkg::Lock::Timeout=300 update >"$work/log" 2>&1 && fetch; } ||
  { cat "$work/log" >&2; echo "promtool: no package prometheus to be had" >&2; exit 1; }
dpkg-deb --fsys-tarfile "$work"/prometheus_*.deb | tar -x -C "$work" ./usr/bin/promtool
mv "$work/usr/bin/promtool" "$program"
print_unpacked
