#!/bin/sh
# Installs the SSH clients of the npm registry that tests/e2e/clients/programs/package.json names, as its
# lock file has them, and prints the directory. They are installed once into
# ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}; no script of a package runs.
set -eu

programs=$(cd "$(dirname "$0")/e2e/clients/programs" && pwd)
cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
installed=$cache/npm-clients-$(cat "$programs/package-lock.json" "$0" | sha256sum | cut -c1-12)

[ -d "$installed" ] && { echo "$installed"; exit 0; }
mkdir -p "$cache"
exec 9>"$cache/npm-clients.lock"
flock 9
[ -d "$installed" ] && { echo "$installed"; exit 0; }

work=$(mktemp -d "$cache/npm-clients-work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cp "$programs/package.json" "$programs/package-lock.json" "$work/"
chmod 755 "$work"
(cd "$work" && npm ci --ignore-scripts --omit=optional --no-audit --no-fund) >"$work/log" 2>&1 ||
  { cat "$work/log" >&2; exit 1; }
mv "$work" "$installed"
trap - EXIT
echo "$installed"
