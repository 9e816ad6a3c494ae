#!/bin/sh
# A containerd of our own, apart from any that the machine runs:
#
#   containerd.sh up DIR [--bridge NAME] [--subnet A.B.C] [--programs DIR] [--runtime NAME]
#                                                           idempotent; also after a crash or a reboot
#   containerd.sh import DIR ARCHIVE                        images, once
#   containerd.sh status DIR
#   containerd.sh down DIR                                  leaves nothing, whatever is left of it
#
# DIR keeps the data. Sockets and mounts lie in a short directory under /run, for a socket's path has
# room for 107 characters. DIR/instance names all that belongs to the instance: id, run, socket,
# runc_root, runtime, programs, cgroup, bridge, subnet, pid_file. Any number of instances can run side by
# side. --programs names a directory that has containerd, its shim, ctr and the runtime, where they are not
# to be the system's; --runtime crun has crun run the containers, and not runc.
set -eu

usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
say() { echo "containerd: $*" >&2; }
die() { say "$@"; exit 1; }

[ $# -ge 2 ] || usage
verb=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd -P)
shift 2
case $dir in *[!A-Za-z0-9_./+@=-]*) die "'$dir': only letters, digits and _./+@=- in the path" ;; esac

id=zomg-$(printf %s "$dir" | sha256sum | cut -c1-8)
run=/run/$id
socket=$run/containerd.sock
pid_file=$run/containerd.pid
runc_root=$run/runc
tasks=$run/state/io.containerd.runtime.v2.task/k8s.io
setting() { sed -n "s/^$1=//p" "$dir/instance" 2>/dev/null || true; }
# Whose programs it runs, and which of them the containers.
choose_programs() { programs=$1; [ -z "$programs" ] || PATH=$programs:$system_path; }
system_path=$PATH
choose_programs "$(setting programs)"
runtime=$(setting runtime)

# --- the daemon -------------------------------------------------------------------------------
daemon_pid() { # prints the pid of this instance's daemon, if it lives
  pid=$(cat "$pid_file" 2>/dev/null) && [ -n "$pid" ] &&
    tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "--config $dir/containerd.toml" &&
    echo "$pid"
}

answers() { ctr --address "$socket" --connect-timeout 1s plugins ls 2>/dev/null |
  grep -q 'io.containerd.grpc.v1 *cri .*ok'; }

write_config() {
  # Raising oom_score_adj back needs CAP_SYS_RESOURCE (bit 24), which some virtual machines withhold.
  effective=$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
  if [ $((0x$effective >> 24 & 1)) = 1 ]; then restrict=false; else restrict=true; fi
  program=$(command -v "$runtime") || die "$runtime is missing"
  cat >"$dir/containerd.toml" <<END
version = 2
root = "$dir/root"
state = "$run/state"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
  address = "$socket"
[plugins."io.containerd.internal.v1.opt"]
  path = "$dir/opt"
# Its socket has one place for all instances; containerd 1.6 knows none of it.
[plugins."io.containerd.nri.v1.nri"]
  disable = true
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:latest"
  restrict_oom_score_adj = $restrict
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$dir/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "$runtime"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.$runtime]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.$runtime.options]
        BinaryName = "$program"
        Root = "$runc_root"
        SystemdCgroup = false
END
}

# The host's end of the bridge gets its address here and not from the plugin, which would turn on
# ip_forward for the whole machine. Boxes reach the host and one another, and nothing beyond.
write_network() {
  mkdir -p "$dir/cni"
  cat >"$dir/cni/10-$id.conflist" <<END
{"cniVersion": "1.0.0", "name": "$id", "plugins": [
  {"type": "bridge", "bridge": "$bridge", "isGateway": false, "ipMasq": false,
   "ipam": {"type": "host-local", "dataDir": "$dir/ipam", "routes": [{"dst": "0.0.0.0/0"}],
            "ranges": [[{"subnet": "$subnet.0/24", "gateway": "$subnet.1"}]]}}]}
END
  if ! ip link show "$bridge" >/dev/null 2>&1; then
    ip link add "$bridge" type bridge
    # New instances have no address of the old bridge in use.
    rm -rf "$dir/ipam"
  fi
  ip addr replace "$subnet.1/24" dev "$bridge"
  ip link set "$bridge" up
}

up() {
  bridge=z${id#zomg-}
  # 10.64.0 to 10.127.255, by the instance's id: as good as never the same for two of them.
  number=$((0x$(printf %s "${id#zomg-}" | cut -c1-4)))
  subnet=10.$((64 + number / 256 % 64)).$((number % 256))
  if [ -f "$dir/instance" ]; then
    bridge=$(setting bridge)
    subnet=$(setting subnet)
  fi
  while [ $# -gt 0 ]; do
    case $1 in
      --bridge) bridge=$2 ;;
      --subnet) subnet=$2 ;;
      --programs) choose_programs "$(cd "$2" && pwd -P)" ;;
      --runtime) runtime=$2 ;;
      *) usage ;;
    esac
    shift 2
  done
  runtime=${runtime:-runc}
  case $runtime in runc | crun) ;; *) die "the runtime is runc or crun, not '$runtime'" ;; esac
  if pid=$(daemon_pid) && answers; then return 0; fi

  mkdir -p "$run" "$dir/log"
  chmod 711 "$run"
  cat >"$dir/instance" <<END
id=$id
dir=$dir
run=$run
socket=$socket
pid_file=$pid_file
runc_root=$runc_root
runtime=$runtime
programs=$programs
cgroup=/$id
bridge=$bridge
subnet=$subnet
END
  write_config
  write_network
  stop_daemon
  rm -f "$socket" "$socket.ttrpc"
  setsid containerd --config "$dir/containerd.toml" </dev/null >>"$dir/containerd.log" 2>&1 9>&- &
  echo $! >"$pid_file"
  tries=0
  until answers; do
    daemon_pid >/dev/null || die "it ended at once: $(tail -n 3 "$dir/containerd.log")"
    tries=$((tries + 1))
    [ $tries -lt 300 ] || die "no answer from CRI within 30 s: $(tail -n 3 "$dir/containerd.log")"
    sleep 0.1
  done
}

import() {
  archive=${1:?import needs an archive}
  mark=$dir/root/imported-$(basename "$archive")
  [ -f "$mark" ] && return 0
  ctr --address "$socket" --namespace k8s.io images import "$archive" >/dev/null
  : >"$mark"
}

# --- the end ----------------------------------------------------------------------------------
gone() { # waits until process $1 is gone, or was reaped by nobody
  tries=0
  while [ -d "/proc/$1" ] && ! grep -q '^State:.[ZX]' "/proc/$1/status" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || return 1
    sleep 0.05
  done
}

stop_daemon() {
  pid=$(daemon_pid) || return 0
  kill -TERM "$pid" 2>/dev/null || true
  gone "$pid" || { kill -KILL "$pid" 2>/dev/null || true; gone "$pid" || true; }
}

stop_containers() {
  for container in "$runc_root"/k8s.io/*; do
    [ -d "$container" ] || continue
    "${runtime:-runc}" --root "$runc_root/k8s.io" delete --force "$(basename "$container")" \
      >/dev/null 2>&1 &
  done
  wait
}

stop_shims() {
  # The address alone could stand in a bystander's command line, so the program is looked at too.
  grep -lsaF -- "$socket" /proc/[0-9]*/cmdline | while IFS=/ read -r _ _ pid _; do
    case $(readlink "/proc/$pid/exe" || true) in
      */containerd-shim*) kill -KILL "$pid" 2>/dev/null || true; gone "$pid" || true ;;
    esac
  done
  for bundle in "$tasks"/*; do
    [ -f "$bundle/address" ] && rm -f "$(sed 's#^unix://##' "$bundle/address")"
  done
  rmdir /run/containerd/s /run/containerd 2>/dev/null || true
}

# In every hierarchy, v1 and v2, what is left in the instance's cgroup.
clear_cgroups() {
  for top in /sys/fs/cgroup/"$id" /sys/fs/cgroup/*/"$id"; do
    [ -d "$top" ] || continue
    tries=0
    until find "$top" -depth -type d -exec rmdir {} + 2>/dev/null; do
      tries=$((tries + 1))
      [ $tries -lt 100 ] || die "processes stay in $top"
      find "$top" -name cgroup.procs -exec cat {} + 2>/dev/null |
        while read -r pid; do kill -KILL "$pid" 2>/dev/null || true; done
      sleep 0.05
    done
  done
}

unmount_all() {
  awk -v run="$run/" -v dir="$dir/" \
    'index($5 "/", run) == 1 || index($5 "/", dir) == 1 { print $5 }' \
    /proc/self/mountinfo | sort -r | while read -r mount; do
      umount "$mount" 2>/dev/null || umount -l "$mount" || true
    done
}

forget_network() {
  bridge=$(setting bridge)
  if [ -n "$bridge" ] && [ -d "/sys/class/net/$bridge/bridge" ]; then ip link del "$bridge"; fi
  # Where the network library keeps its results cannot be set.
  rm -f /var/lib/cni/results/"$id"-*
  for bundle in "$tasks"/*; do
    rm -f /var/lib/cni/results/cni-loopback-"$(basename "$bundle")"-*
  done
  rmdir /var/lib/cni/results /var/lib/cni 2>/dev/null || true
}

down() {
  stop_daemon
  stop_containers
  stop_shims
  clear_cgroups
  unmount_all
  forget_network
  rm -rf "$run" "$dir/root" "$dir/opt" "$dir/cni" "$dir/ipam" "$dir/log" "$dir/containerd.toml" \
    "$dir/containerd.log" "$dir/instance"
  rmdir "$dir" 2>/dev/null || true
}

case $verb in
  up) up "$@" ;;
  import) import "$@" ;;
  status) if pid=$(daemon_pid); then echo "containerd runs, pid $pid, $socket"
          else echo "containerd does not run"; exit 1; fi ;;
  down) down ;;
  *) usage ;;
esac
