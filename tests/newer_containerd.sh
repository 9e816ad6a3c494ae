#!/bin/sh
# Makes the containerd, runc and crun of Debian's unstable suite available and prints the directory of
# the programs, which is to stand first in PATH. The tests run on them beside Debian 12's own.
#
# They are fetched with an apt state of their own and unpacked into
# ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}: nothing is installed, nothing of the system's changes.
# What was fetched once is found again without network.
set -eu

cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
programs='containerd runc crun'
# Those want a newer C library than Debian 12's, so it comes along, and what writes its place into them.
libraries='libc6 libseccomp2 libblake3-0 libcap2 libjson-c5 libsystemd0 libtbb12 libgcc-s1 libstdc++6'
oldest=2.1

say() { echo "newer containerd: $*" >&2; }
die() { say "$@"; exit 1; }

key=$(sha256sum <"$0" | cut -c1-12)
unpacked=$cache/containerd-newer-$key
print_unpacked() { [ -x "$unpacked/bin/containerd" ] && echo "$unpacked/bin"; }
print_unpacked && exit 0
case $cache in *[!A-Za-z0-9_./+@=-]*) die "'$cache': only letters, digits and _./+@=- in the path" ;; esac
mkdir -p "$cache"
exec 9>"$cache/containerd-newer.lock"
flock 9
print_unpacked && exit 0 # while we waited for the lock

work=$(mktemp -d "$cache/containerd-newer-work.XXXXXX")
apt_state=$(mktemp -d)
trap 'rm -rf "$work" "$apt_state"' EXIT
trap 'exit 130' INT TERM HUP
# apt drops to its own user for the network, which must reach these.
chmod 755 "$apt_state"
mkdir -p "$apt_state/packages" "$apt_state/lists/partial" "$apt_state/cache/archives/partial" "$work/tree"
if [ "$(id -u)" = 0 ] && getent passwd _apt >/dev/null; then chown _apt "$apt_state/packages"; fi

apt() {
  LC_ALL=C apt-get -q -o Dir::Etc::sourcelist="$apt_state/newer.sources" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::State::Lists="$apt_state/lists" \
    -o Dir::Cache="$apt_state/cache" -o APT::Get::AllowUnauthenticated=false \
    -o Acquire::AllowInsecureRepositories=false -o Acquire::Languages=none "$@"
}

# apt itself says which archives this machine uses, whatever format its sources are written in.
mirrors() {
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  apt-get update --print-uris |
    sed -nE "s#^'(.*)/dists/${codename:-stable}/InRelease' .*#\1#p" | sort -u
}

# Each package is asked for by its suite: the system's own versions count as known, too.
fetch() {
  for mirror in $(mirrors); do
    for suite in unstable sid; do
      printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
        "$mirror" "$suite" "$keyring" >"$apt_state/newer.sources"
      apt update -o APT::Update::Error-Mode=any >"$work/log" 2>&1 || continue
      # shellcheck disable=SC2046,SC2086 # lists of names
      (cd "$apt_state/packages" && apt download $(printf "%s/$suite " $programs $libraries patchelf)) \
        >>"$work/log" 2>&1 && return 0
    done
  done
  return 1
}
fetch || { cat "$work/log" >&2 2>/dev/null || true; die "no containerd of Debian's unstable suite to be had"; }
version=$(dpkg-deb -f "$apt_state"/packages/containerd_*.deb Version)
dpkg --compare-versions "$version" ge "$oldest" || die "unstable has only $version"

for package in "$apt_state"/packages/*.deb; do dpkg-deb -x "$package" "$work/tree"; done
mkdir -p "$work/out/bin" "$work/out/lib"
for name in usr/bin/containerd usr/bin/containerd-shim-runc-v2 usr/bin/ctr usr/sbin/runc usr/bin/crun; do
  cp "$work/tree/$name" "$work/out/bin"
done
find "$work/tree/usr/lib" -maxdepth 2 -name '*.so*' -exec cp -P '{}' "$work/out/lib" ';'
loader=$(cd "$work/out/lib" && echo ld-linux*.so.*)
[ -e "$work/out/lib/$loader" ] || die "no dynamic loader in unstable's libc6"
# The programs start themselves again by /proc/self/exe: it has to be them, and not a loader.
for program in runc crun; do
  "$work/out/lib/$loader" --library-path "$work/out/lib" "$work/tree/usr/bin/patchelf" \
    --set-interpreter "$unpacked/lib/$loader" --force-rpath --set-rpath "$unpacked/lib" \
    "$work/out/bin/$program"
done

# crun refuses a hybrid hierarchy whose v2 half has controllers: there it is shown v1 alone.
mv "$work/out/bin/crun" "$work/out/bin/crun.real"
cat >"$work/out/bin/crun" <<END
#!/bin/sh
grep -q . /sys/fs/cgroup/unified/cgroup.controllers 2>/dev/null || exec "$unpacked/bin/crun.real" "\$@"
# shellcheck disable=SC2016 # for the inner shell
exec unshare --mount --propagation slave \\
  sh -c 'mount -t tmpfs none /sys/fs/cgroup/unified && exec "\$@"' sh "$unpacked/bin/crun.real" "\$@"
END
chmod 755 "$work/out/bin/crun"

rm -rf "$unpacked"
mv "$work/out" "$unpacked"
for program in containerd runc crun; do
  "$unpacked/bin/$program" --version >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; rm -rf "$unpacked"; die "$program does not run here"; }
done
rmdir /run/crun 2>/dev/null || true # which crun makes where it is told no other place
print_unpacked
