#!/bin/sh
# Builds the image of the gateway without a registry and without a container tool:
#
#   deploy/image.sh [ARCHIVE]       default: build/image/zomg-ssh-gateway.tar
#   deploy/image.sh --tree DIR      its files alone, for Containerfile
#   deploy/image.sh --arch arm64 …  of the build of preset `arm64`, in build/arm64
#
# Prints the archive, its size, and the image's ID. `ctr -n k8s.io images import`, `k3s ctr images
# import`, `docker load` and `podman load` take it; its name is localhost/zomg-ssh-gateway:latest.
#
# Inside are the release build, kubectl, the libraries that these link, CA certificates, and nothing
# that a program could be started with: no shell. The lower layer is Debian's packages, unpacked; it
# lists them in var/lib/dpkg/status.d, where scanners look. The upper layer is what `cmake --install`
# installs of programs, the accounts of deploy/tools/users.sh, and a list of all this, of the versions that
# the programs were linked with, too: usr/share/doc/zomg-ssh-gateway/sbom.spdx.json. The same build and the same
# versions of Debian's packages give the same image, bit for bit. ZOMG_BIN names the bin of another build,
# ZOMG_KUBECTL another kubectl than Debian's: it has to be statically linked, which Debian 13's is not.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
arch=$(dpkg --print-architecture)
native=$arch
if [ "${1:-}" = --arch ]; then arch=${2:?--arch needs an architecture} && shift 2; fi
name=zomg-ssh-gateway
preset=release strip=strip of=
if [ "$arch" != "$native" ]; then
  name=$name-$arch preset=$arch strip=aarch64-linux-gnu-strip of=:$arch
fi
archive=${1:-$root/build/image/$name.tar}
[ "$archive" != --tree ] || { files=${2:?--tree needs a directory} archive=$2/-; }
bin=${ZOMG_BIN:-$root/build/$preset/bin}
cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}

say() { echo "image: $*" >&2; }
die() { say "$@"; exit 1; }

[ -z "$of" ] || [ "$arch" = arm64 ] || die "it was built for amd64 and arm64 only"
[ -x "$bin/zomg-ssh-gateway" ] || die "no release build: CONTRIBUTING.md says how"
mkdir -p "$cache" "$(dirname "$archive")"
work=$(mktemp -d "$cache/image-work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
# apt fetches as a user of its own, which must reach this.
chmod 755 "$work"

pack() { # the tree $1 as the layer $2
  find "$1" -exec touch --no-dereference --date=@0 {} +
  tar -c -C "$1" --sort=name --numeric-owner --owner=0 --group=0 --format=gnu -f "$2" .
}

DESTDIR=$work/installed cmake --install "$bin/.." --prefix /usr --component gateway >"$work/log" ||
  { cat "$work/log" >&2; exit 1; }
programs() { find "$work/installed" -name 'zomg-ssh-*' -type f -executable | LC_ALL=C sort; }

# --- what of Debian the programs need -----------------------------------------------------------
# The packages that own the libraries which the programs load, in this machine's own versions: those
# they were linked with. A package knows its file by the name with or without /usr.
libraries() {
  if [ -n "$of" ]; then
    programs | xargs /usr/bin/python3 "$root/deploy/sbom/linked.py" /usr/lib/aarch64-linux-gnu
    return
  fi
  programs | while read -r program; do ldd "$program" 2>/dev/null || true; done |
    sed -nE 's#^[^/]*(/[^ ]+) \(.*#\1#p' | sort -u
}
packages() {
  libraries | while read -r library; do echo "$library /usr$library $(readlink -f "$library")"; done |
    { xargs dpkg-query -S 2>/dev/null || true; } | sed 's/: .*//' | sort -u
  printf '%s\n' "base-files$of" ca-certificates netbase
  [ "${ZOMG_KUBECTL:-}" ] || echo "kubernetes-client$of"
}

# Their addresses, which have the versions in them, and hashes.
sources() { xargs apt-get -q download --print-uris <"$work/packages" 2>"$work/log" | LC_ALL=C sort; }
fetch() { (cd "$work/archives" && xargs apt-get -q download <"$work/packages") >"$work/log" 2>&1; }

packages >"$work/packages"
sources >"$work/sources"
[ -s "$work/sources" ] || { apt-get -q update >"$work/log" 2>&1 && sources >"$work/sources"; } ||
  { cat "$work/log" >&2; exit 1; }

# The layer's name carries a hash of all that makes it.
key=$( { cat "$root/deploy/image.sh"; sed 's/^[^ ]*//' "$work/sources"; } | sha256sum | cut -c1-12)
layer=$cache/image-debian-$key.tar
if [ ! -f "$layer" ]; then
  tree=$work/debian
  mkdir -p "$work/archives" "$tree/etc/ssl/certs" "$tree/var/lib/dpkg/status.d" "$tree/usr"
  if [ "$(id -u)" = 0 ] && getent passwd _apt >/dev/null; then chown _apt "$work/archives"; fi
  fetch || { apt-get -q update >"$work/log" 2>&1 && fetch; } || { cat "$work/log" >&2; exit 1; }
  for dir in bin sbin lib lib64; do mkdir "$tree/usr/$dir"; ln -s "usr/$dir" "$tree/$dir"; done
  for package in "$work"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$tree" --keep-directory-symlink \
      --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' --exclude='./usr/share/info/*' \
      --exclude='./usr/share/lintian/*' --exclude='./usr/share/bash-completion/*' \
      --exclude='./usr/lib/*/gconv/*' --exclude='./usr/sbin/*' --exclude='./etc/ca-certificates/*' \
      --exclude='./usr/share/doc/*/*.gz' --exclude='./usr/share/doc/*/NEWS*' \
      --exclude='./usr/share/doc/*/examples' --exclude='./etc/update-motd.d'
    dpkg-deb --field "$package" >"$tree/var/lib/dpkg/status.d/$(dpkg-deb --field "$package" Package)"
  done
  libraries | while read -r library; do
    [ -e "$tree$library" ] || die "no package of Debian has $library"
  done
  # What maintainer scripts would have made.
  find "$tree/usr/share/ca-certificates" -name '*.crt' | LC_ALL=C sort | xargs cat \
    >"$tree/etc/ssl/certs/ca-certificates.crt"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$tree/etc/nsswitch.conf"
  rm -rf "$tree/usr/share/ca-certificates" "$tree/etc/skel" "$tree/usr/games" "${tree:?}/home"
  find "$tree" -type d \( -path '*/doc/*' -o -path '*/bug/*' \) -empty -delete
  pack "$tree" "$layer.$$"
  mv "$layer.$$" "$layer"
fi

# A session by kubectl exec has the program and nothing beside it, so no loader either.
if [ "${ZOMG_KUBECTL:-}" ]; then
  kubectl=$ZOMG_KUBECTL
else
  kubectl=$work/kubectl
  tar -xO -f "$layer" ./usr/bin/kubectl >"$kubectl" 2>"$work/log" || true
fi
if ! readelf --program-headers "$kubectl" >"$work/log" 2>&1 || grep -q INTERP "$work/log"; then
  die "${ZOMG_KUBECTL:-the kubectl of this Debian} is no statically linked program, so no session could go" \
    "by kubectl exec: name one with ZOMG_KUBECTL, such as upstream's, or build on Debian 12"
fi

# --- the gateway --------------------------------------------------------------------------------
tree=$work/gateway
libexec=$tree/usr/libexec/zomg-ssh-gateway
mkdir -p "$tree/usr/bin" "$libexec" "$tree/etc" "$tree/run/containerd" "$tree/run/zomg-ssh" \
  "$tree/var/lib/boxes/ssh"
programs | while read -r program; do "$strip" -o "$libexec/${program##*/}" "$program"; done
mv "$libexec/zomg-ssh-gateway" "$tree/usr/bin"
chmod 755 "$tree/usr/bin/zomg-ssh-gateway" "$libexec"/*
if [ "${ZOMG_KUBECTL:-}" ]; then install -m 755 "$kubectl" "$tree/usr/bin/kubectl"; fi
# What is in it.
doc=usr/share/doc/zomg-ssh-gateway
mkdir -p "$work/listed" "$tree/$doc"
tar -x -C "$work/listed" -f "$layer" ./var/lib/dpkg/status.d
/usr/bin/python3 "$root/deploy/sbom/make.py" image "$tree/$doc/sbom.spdx.json" \
  "$work/installed/$doc/sbom.spdx.json" "$work/listed/var/lib/dpkg/status.d" "${ZOMG_KUBECTL:-}"
# The accounts of deploy/tools/users.sh, at numbers that Debian gives to no package.
printf 'root:x:0:0:root:/root:/usr/sbin/nologin\n' >"$tree/etc/passwd"
printf 'root:x:0:\n' >"$tree/etc/group"
number=64201
for user in $("$root/deploy/tools/users.sh" list); do
  printf '%s:x:%s:%s:zomg-ssh-gateway:/nonexistent:/usr/sbin/nologin\n' "$user" $number $number \
    >>"$tree/etc/passwd"
  printf '%s:x:%s:\n' "$user" $number >>"$tree/etc/group"
  number=$((number + 1))
done
pack "$tree" "$work/gateway.tar"

if [ -n "${files:-}" ]; then
  for part in "$layer" "$work/gateway.tar"; do
    tar -x -C "$files" --numeric-owner --keep-directory-symlink -f "$part"
  done
  exit 0
fi
cat >"$work/images.json" <<END
[{"name": "localhost/zomg-ssh-gateway:latest", "architecture": "$arch", "layers": ["$layer", "$work/gateway.tar"],
  "entrypoint": ["/usr/bin/zomg-ssh-gateway"],
  "env": ["PATH=/usr/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"]}]
END
/usr/bin/python3 "$root/deploy/tools/image.py" "$archive.new" <"$work/images.json"
mv "$archive.new" "$archive"
id=$(tar -xO -f "$archive" manifest.json | sed -E 's/.*"Config": "([0-9a-f]+).*/\1/')
echo "$archive: $(($(stat -c %s "$archive") / 1048576)) MiB, sha256:$id"
