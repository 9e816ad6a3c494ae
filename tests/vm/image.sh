#!/bin/sh
# Makes the virtual machine of the tests once, a Debian 13 with containerd up, and prints its directory:
#
#   disk.qcow2        what is on its disk
#   state             its memory and devices, from where a run goes on: containerd and sshd are up
#   vmlinuz initrd.img
#   key               opens root's account by ssh
#
# In ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}; a change of what makes it makes a new one. As root.
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
codename=trixie
key=$(cat "$here/image.sh" "$here/configure.sh" "$here/qemu.sh" | sha256sum | cut -c1-12)
made=$cache/vm-$codename-$key

[ -f "$made/state" ] && { echo "$made"; exit 0; }
[ "$(id -u)" = 0 ] || { echo "vm: run it as root" >&2; exit 1; }
mkdir -p "$cache"
exec 9>"$cache/vm-$codename.lock"
flock 9
[ -f "$made/state" ] && { echo "$made"; exit 0; }

# shellcheck source=tests/vm/qemu.sh disable=SC1091 # found from where this is
. "$here/qemu.sh"
work=$(mktemp -d "$cache/vm-work.XXXXXX")
chmod 755 "$work"
clean_up() { stop_machine; rm -rf "$work"; }
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# --- what is installed ------------------------------------------------------------------------
run='containerd runc crun containernetworking-plugins iproute2 util-linux ca-certificates
  libcurl4t64 libyaml-cpp0.8 libmicrohttpd12t64 libprotobuf-lite32t64 libseccomp2 libcap2'
machine='linux-image-cloud-amd64 systemd systemd-sysv libpam-systemd dbus udev kmod apparmor openssh-server
  procps'
# What the tests that run there need.
tests='python3 python3-grpcio python3-protobuf protobuf-compiler gcc libc6-dev python3-pytest
  python3-pytest-timeout python3-pytest-xdist python3-paramiko python3-yaml python3-cryptography
  openssh-client rsync tmux strace openssl libcap2-bin python3-pyte asciinema zsh'

make_tree() {
  command -v mmdebstrap >/dev/null || die "mmdebstrap is missing: run deploy/tools/packages.sh test"
  # shellcheck disable=SC2016 # for apt
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m 1 '/debian/*$') ||
    die "no Debian archive is among this machine's apt sources"
  # What apt takes for expired here is not better there.
  eval "$(apt-config shell valid Acquire::Check-Valid-Until)"
  # shellcheck disable=SC2086 # lists of names
  packages=$(printf '%s,' $run $machine $tests)
  mmdebstrap --quiet --variant=minbase --include="${packages%,}" --aptopt='Acquire::Languages "none"' \
    --aptopt='APT::Install-Recommends "false"' --aptopt="Acquire::Check-Valid-Until \"${valid:-true}\"" \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    "$codename" "$work/tree" "$mirror"
}

say "installing Debian 13, some minutes"
make_tree >"$work/log" 2>&1 || { cat "$work/log" >&2; die "the tree was not made"; }
ssh-keygen -q -t ed25519 -N '' -C vm -f "$work/key"
"$here/configure.sh" "$work/tree" "$work/key.pub"
cp "$work"/tree/boot/vmlinuz-* "$work/vmlinuz"
cp "$work"/tree/boot/initrd.img-* "$work/initrd.img"

# --- its disk, and the first boot -------------------------------------------------------------
truncate -s 12G "$work/disk.raw"
mke2fs -q -t ext4 -O ^has_journal -m 0 -E lazy_itable_init=1 -d "$work/tree" "$work/disk.raw"
rm -rf "$work/tree"
qemu-img convert -O qcow2 "$work/disk.raw" "$work/disk.qcow2"
rm "$work/disk.raw"
say "booting it, some minutes"
make_payload "$work/payload" </dev/null
start_machine "$work" "$work/disk.qcow2" "$work/payload"
wait_for_machine
in_machine 'systemctl is-system-running --wait || systemctl --failed; systemctl is-active apparmor containerd
  until ctr plugins ls | grep -q "io.containerd.grpc.v1 *cri .*ok"; do sleep 1; done; sync' >"$work/log" ||
  { cat "$work/log" >&2; die "it does not come up"; }
save_machine "$work/state"

rm -rf "$made"
mkdir "$made"
for part in disk.qcow2 vmlinuz initrd.img key; do mv "$work/$part" "$made/$part"; done
mv "$work/state" "$made/state"
echo "$made"
