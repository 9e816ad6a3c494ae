# shellcheck shell=sh disable=SC2154 # of who sources it
# The virtual machine, for a script that sources this with $here set to this directory.
#
# It is emulated: a machine of the cloud has no KVM to give. Its clock counts the instructions that it has
# executed (-icount), so that no deadline of a test passes there because this machine is busy.

payload_bytes=1G

say() { echo "vm: $*" >&2; }
die() { say "$@"; exit 1; }

machine_pid=
machine_directory=

# A read-only disk that hands files over, as tar; of one size whatever is in it, for the machine knows it from
# its first boot on. It has what comes by standard input.
make_payload() { # FILE
  cat >"$1"
  truncate -s "$payload_bytes" "$1"
}

free_port() {
  /usr/bin/python3 -c 'import socket
with socket.socket() as listening:
    listening.bind(("127.0.0.1", 0))
    print(listening.getsockname()[1])'
}

# DIRECTORY DISK PAYLOAD [STATE]; the directory has vmlinuz, initrd.img and key, STATE is what
# save_machine() wrote.
start_machine() {
  machine_directory=$1
  disk=$2
  payload=$3
  state=${4-}
  run=$(mktemp -d /run/zomg-vm.XXXXXX)
  port=$(free_port)
  # no_timer_check: a busy machine may be late for the kernel's look at its timer, which is fatal.
  set -- -accel tcg,thread=single -icount shift=0 -cpu max,la57=off -smp 2 -m 3072 \
    -display none -no-reboot -serial "file:$run/console" -monitor "unix:$run/monitor,server=on,wait=off" \
    -kernel "$machine_directory/vmlinuz" -initrd "$machine_directory/initrd.img" \
    -append 'console=ttyS0 root=/dev/vda rw quiet mitigations=off no_timer_check nowatchdog' \
    -drive "file=$disk,if=virtio,format=qcow2,cache=unsafe,discard=unmap" \
    -drive "file=$payload,if=virtio,format=raw,readonly=on" \
    -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" \
    -device virtio-net-pci,netdev=net,romfile= -device virtio-rng-pci
  [ -z "$state" ] || set -- "$@" -incoming "exec:cat $state"
  setsid qemu-system-x86_64 "$@" </dev/null >"$run/qemu.log" 2>&1 9>&- &
  machine_pid=$!
  [ -z "$state" ] || go_on
}

# It was saved while it stood still, so it does when it has read all of its state.
go_on() {
  while status=$(monitor "info status" 2>/dev/null || echo unknown)
    case $status in *unknown* | *inmigrate*) true ;; *) false ;; esac; do
    kill -0 "$machine_pid" 2>/dev/null || { cat "$run/qemu.log" >&2; die "qemu ended"; }
    sleep 0.2
  done
  monitor cont >/dev/null
}

in_machine() { # COMMAND…
  ssh -F none -i "$machine_directory/key" -p "$port" -o BatchMode=yes -o IdentitiesOnly=yes \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
    -o ConnectTimeout=60 root@127.0.0.1 "$@"
}

# This is the one deadline in this machine's time: qemu's own user network answers for a machine that hangs.
wait_for_machine() {
  tries=0
  until in_machine true 2>/dev/null; do
    kill -0 "$machine_pid" 2>/dev/null || { cat "$run/qemu.log" >&2; die "qemu ended"; }
    tries=$((tries + 1))
    [ $tries -lt 120 ] || { tail -n 30 "$run/console" >&2; die "the machine does not come up"; }
    sleep 1
  done
}

monitor() { /usr/bin/python3 "$here/monitor.py" "$run/monitor" "$@"; }

# Writes its state to a file and ends it. What is on its disk then belongs to that state. It is stopped first: of
# an emulated machine that runs, a page that changes meanwhile may be missed, and its kernel dies of that later.
save_machine() { # STATE
  monitor stop "migrate_set_parameter max-bandwidth 100G" "migrate exec:cat>$1" quit >/dev/null
  wait "$machine_pid" || die "qemu: $(cat "$run/qemu.log")"
  machine_pid=
  rm -rf "$run"
}

stop_machine() {
  [ -n "$machine_pid" ] || return 0
  kill -KILL "$machine_pid" 2>/dev/null || true
  wait "$machine_pid" 2>/dev/null || true
  machine_pid=
  rm -rf "$run"
}
