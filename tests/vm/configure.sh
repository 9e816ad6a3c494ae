#!/bin/sh
# Makes a tree of Debian a machine that boots, has a network of qemu's, and lets a key in as root:
#
#   configure.sh TREE KEY.pub
set -eu

tree=$1 key=$2

echo trixie >"$tree/etc/hostname"
printf '127.0.0.1 localhost trixie\n::1 localhost\n' >"$tree/etc/hosts"
echo '/dev/vda / ext4 rw,noatime 0 0' >"$tree/etc/fstab"
: >"$tree/etc/machine-id"

mkdir -p "$tree/etc/systemd/network"
cat >"$tree/etc/systemd/network/10-qemu.network" <<'END'
[Match]
Name=en* eth*
[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
END

home=$tree/root
install -d -m 0700 "$home/.ssh"
cp "$key" "$home/.ssh/authorized_keys"
printf 'PermitRootLogin yes\nUseDNS no\n' >"$tree/etc/ssh/sshd_config.d/vm.conf"

# It is slow: nothing of systemd's is to give up after the time that is enough elsewhere.
mkdir -p "$tree/etc/systemd/system.conf.d"
printf '[Manager]\nDefaultTimeoutStartSec=600\nDefaultDeviceTimeoutSec=600\n' \
  >"$tree/etc/systemd/system.conf.d/slow.conf"
systemctl --root="$tree" -q enable systemd-networkd ssh containerd
systemctl --root="$tree" -q mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  fstrim.timer e2scrub_all.timer systemd-networkd-wait-online.service

# As a node of Kubernetes has it.
mkdir -p "$tree/etc/containerd" "$tree/etc/cni/net.d"
cat >"$tree/etc/containerd/config.toml" <<'END'
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:latest"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
END
cat >"$tree/etc/cni/net.d/10-vm.conflist" <<'END'
{"cniVersion": "1.0.0", "name": "vm", "plugins": [
  {"type": "bridge", "bridge": "vm0", "isGateway": true, "ipMasq": false,
   "ipam": {"type": "host-local", "routes": [{"dst": "0.0.0.0/0"}], "ranges": [[{"subnet": "10.77.0.0/24"}]]}}]}
END
