#!/bin/sh
# A Debian userland for /volumes, as image layers:  userland.sh DIR  writes
#   DIR/volumes.tar  /volumes with bash, coreutils, scp, rsync, tmux, python3 and what they need
#   DIR/sftp.tar     /volumes/usr/lib/openssh/sftp-server, apart, so that a box can lack it
#
# The packages are unpacked, not installed: no maintainer script runs, so what those would have made
# (users, device nodes, the merged /usr) is made here.
set -eu

out=${1:?usage: userland.sh DIR}
packages='base-files base-passwd bash dash coreutils debianutils diffutils findutils grep sed tar gzip
  hostname less libc-bin mawk ncurses-base ncurses-bin procps util-linux bsdutils openssh-client rsync
  tmux python3-minimal openssh-sftp-server'
# Dependencies that only maintainer scripts and logins use, whatever version their names carry.
unused='perl perl-base perl-modules-* libperl5.* dpkg debconf adduser init-system-helpers sysvinit-utils
  usrmerge usr-is-merged install-info login login.defs passwd libpam-modules libpam-modules-bin
  libpam-runtime media-types gcc-*-base libdb5.3* libgdbm6* libgdbm-compat4*'

say() { echo "userland: $*" >&2; }

work=$(mktemp -d "$out/userland.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$work"
mkdir -p "$work/archives/partial"
: >"$work/status"

# --- the packages -----------------------------------------------------------------------------
# With an empty status file apt resolves the whole closure, as for an empty machine, and checks the
# signatures and hashes of what it fetches.
# shellcheck disable=SC2086 # lists of names
fetch() {
  LC_ALL=C apt-get -q -y -o Dir::State::status="$work/status" -o Dir::Cache::archives="$work/archives" \
    -o Debug::NoLocking=true --no-install-recommends --download-only install $packages \
    >"$work/log" 2>&1
}
say "fetching Debian packages"
fetch || { apt-get -q update >"$work/log" 2>&1 && fetch; } || { cat "$work/log" >&2; exit 1; }
for name in $unused; do
  # shellcheck disable=SC2086 # a pattern
  rm -f "$work"/archives/${name}_*.deb
done

# --- the tree ---------------------------------------------------------------------------------
root=$work/root/volumes
mkdir -p "$root/usr" "$work/sftp/volumes"
for dir in bin sbin lib; do mkdir "$root/usr/$dir"; ln -s "usr/$dir" "$root/$dir"; done
if [ "$(dpkg --print-architecture)" = amd64 ]; then mkdir "$root/usr/lib64"; ln -s usr/lib64 "$root/lib64"; fi

unpack() { # the package file $1 over the tree $2
  dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --keep-directory-symlink \
    --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
    --exclude='./usr/share/info/*' --exclude='./usr/share/lintian/*' --exclude='./usr/share/bug/*' \
    --exclude='./usr/lib/*/gconv/*'
}
for package in "$work"/archives/*.deb; do
  case $package in
    */openssh-sftp-server_*) unpack "$package" "$work/sftp/volumes" ;;
    *) unpack "$package" "$root" ;;
  esac
done

# --- what maintainer scripts would have made ----------------------------------------------------
ln -sf dash "$root/usr/bin/sh"
ln -s mawk "$root/usr/bin/awk"
ln -s less "$root/usr/bin/pager"
[ -e "$root/usr/bin/python3" ] ||
  ln -s "$(cd "$root/usr/bin" && echo python3.*[0-9])" "$root/usr/bin/python3"
cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
echo 'dev:*:1000:1000:dev:/home/dev:/bin/bash' >>"$root/etc/passwd"
echo 'dev:*:1000:' >>"$root/etc/group"
sed -i 's/:\*:/:x:/' "$root/etc/passwd"
sed 's/:.*/:*:20000:0:99999:7:::/' "$root/etc/passwd" >"$root/etc/shadow"
chmod 640 "$root/etc/shadow"
printf '/bin/sh\n/bin/bash\n/usr/bin/bash\n' >"$root/etc/shells"
printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
cp "$root/usr/share/base-files/profile" "$root/etc/profile"
echo '127.0.0.1 localhost' >"$root/etc/hosts"
for home in "$root/root" "$root/home/dev"; do
  mkdir -p "$home"
  cp "$root/usr/share/base-files/dot.bashrc" "$home/.bashrc"
  cp "$root/usr/share/base-files/dot.profile" "$home/.profile"
done
chmod 700 "$root/root"
chown -R 1000:1000 "$root/home/dev"

mkdir -p "$root/proc" "$root/sys" "$root/run" "$root/tmp" "$root/var/tmp" \
  "$root/dev/pts" "$root/dev/shm"
chmod 1777 "$root/tmp" "$root/var/tmp" "$root/dev/shm"
while read -r name minor; do
  mknod -m 666 "$root/dev/$name" c 1 "$minor"
done <<'END'
null 3
zero 5
full 7
random 8
urandom 9
END
mknod -m 666 "$root/dev/tty" c 5 0
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"

# --- the layers -------------------------------------------------------------------------------
pack() { tar -c -C "$1" --sort=name --numeric-owner -f "$2" .; }
# Directories that both layers have would take their modes from the upper one.
find "$work/sftp" -type f -o -type l | sed "s#^$work/sftp/##" >"$work/sftp.list"
tar -c -C "$work/sftp" --sort=name --numeric-owner -T "$work/sftp.list" -f "$out/sftp.tar"
pack "$work/root" "$out/volumes.tar"
say "$(find "$work/archives" -name '*.deb' | wc -l) packages, $(du -sm "$root" | cut -f1) MB"
