#!/bin/sh
# Makes the images of the quick start and of the tests, and prints the docker-archive that holds them:
#
#   localhost/pause:latest      the sandbox of a pod
#   localhost/box:debian        busybox, and a Debian userland under /volumes
#   localhost/box:no-sftp       the same without sftp-server
#   localhost/box:no-volumes    busybox alone
#
# They are built once into ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}; a change of what makes them
# makes new ones.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
key=$( { cat "$here/images.sh" "$here/userland.sh" "$here/image.py" "$here/pause.c"
         sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; uname -m; } | sha256sum | cut -c1-12)
archive=$cache/images-$key.tar

[ -f "$archive" ] && { echo "$archive"; exit 0; }
mkdir -p "$cache"
exec 9>"$cache/images.lock"
flock 9
[ -f "$archive" ] && { echo "$archive"; exit 0; }

work=$(mktemp -d "$cache/images-work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
# apt fetches as a user of its own, which must reach this.
chmod 755 "$work"

pack() { tar -c -C "$1" --sort=name --numeric-owner --owner=0 --group=0 -f "$2" .; }

mkdir -p "$work/pause" "$work/base/bin"
gcc -Os -s -static -Wall -Wextra -Werror -o "$work/pause/init" "$here/pause.c"
pack "$work/pause" "$work/pause.tar"

# What `kubectl exec` finds outside /volumes: a shell and chroot.
mkdir "$work/busybox"
if ! (cd "$work/busybox" && apt-get -q download busybox-static) >"$work/log" 2>&1; then
  { apt-get -q update && cd "$work/busybox" && apt-get -q download busybox-static; } \
    >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
fi
dpkg-deb --fsys-tarfile "$work"/busybox/*.deb | tar -x -O --wildcards './*bin/busybox' >"$work/base/bin/busybox"
chmod 755 "$work/base/bin/busybox"
"$work/base/bin/busybox" --list | while read -r applet; do
  [ "$applet" = busybox ] || ln -s busybox "$work/base/bin/$applet"
done
mkdir -p "$work/base/etc" "$work/base/root" "$work/base/tmp" "$work/base/proc" "$work/base/sys" \
  "$work/base/dev"
chmod 1777 "$work/base/tmp"
echo 'root:x:0:0:root:/root:/bin/sh' >"$work/base/etc/passwd"
echo 'root:x:0:' >"$work/base/etc/group"
cp "$work/pause/init" "$work/base/init"
pack "$work/base" "$work/base.tar"

"$here/userland.sh" "$work"

env='["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
  "ZOMG_BOX_IMAGE=debian"]'
cat >"$work/images.json" <<END
[{"name": "localhost/pause:latest", "layers": ["$work/pause.tar"], "entrypoint": ["/init"]},
 {"name": "localhost/box:debian", "entrypoint": ["/init"], "env": $env,
  "layers": ["$work/base.tar", "$work/volumes.tar", "$work/sftp.tar"]},
 {"name": "localhost/box:no-sftp", "entrypoint": ["/init"], "env": $env,
  "layers": ["$work/base.tar", "$work/volumes.tar"]},
 {"name": "localhost/box:no-volumes", "entrypoint": ["/init"], "env": $env,
  "layers": ["$work/base.tar"]}]
END
/usr/bin/python3 "$here/image.py" "$work/images.tar" <"$work/images.json"
mv "$work/images.tar" "$archive"
echo "$archive"
