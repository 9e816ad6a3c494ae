#!/bin/sh
# A gateway and a box to try it on, from a fresh Debian 12 or 13, as root:
#
#   deploy/quickstart.sh [up|status|down]
#
# Everything lives in build/quickstart and, while it runs, in one directory of /run. ZOMG_SSH_PORT sets
# the port on 127.0.0.1 (default 2222).
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
here=$root/deploy/tools
state=$root/build/quickstart
node=$state/node
gateway=$root/build/release/bin/zomg-ssh-gateway
port=${ZOMG_SSH_PORT:-2222}
log=$state/quickstart.log

[ "$(id -u)" = 0 ] || { echo "quickstart: run it as root" >&2; exit 1; }
setting() { sed -n "s/^$1=//p" "$node/instance" 2>/dev/null || true; }
tenths() { echo $(($1 / 1000000000)).$(($1 / 100000000 % 10)); }

# Shows the name $1, runs the rest into the log, shows how long it took. The shell's -e does not reach
# into what is run as a condition, so the functions that are steps pass their failures on themselves.
step() {
  printf '%-52s' "$1"
  shift
  started=$(date +%s%N)
  if ! "$@" >>"$log" 2>&1; then
    printf 'failed\n\n'
    tail -n 30 "$log" >&2
    echo "quickstart: the step failed; all of its output is in $log" >&2
    exit 1
  fi
  printf '%6s s\n' "$(tenths $(($(date +%s%N) - started)))"
}

# --- the gateway ------------------------------------------------------------------------------
gateway_pid() { # prints it, if it lives
  pid=$(cat "$state/gateway.pid" 2>/dev/null) && [ -n "$pid" ] &&
    case $(readlink "/proc/$pid/exe" 2>/dev/null) in "$gateway"*) echo "$pid" ;; *) false ;; esac
}

is_current() { # runs the binary that stands there now, on the port that is wanted
  pid=$(gateway_pid) && [ "$(readlink "/proc/$pid/exe")" = "$gateway" ] &&
    [ "$(cat "$state/gateway.port" 2>/dev/null)" = "$port" ] &&
    grep -q 'listening on' "$state/gateway.log"
}

# A cgroup of its own makes the end exact: sessions outlive the gateway's own processes by design.
own_cgroup() {
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/pids; do
    [ -f "$hierarchy/cgroup.procs" ] || continue
    echo "$hierarchy$(setting cgroup)/gateway"
    return 0
  done
}

start_gateway() {
  is_current && return 0
  stop_gateway
  cgroup=$(own_cgroup)
  if [ -n "$cgroup" ]; then mkdir -p "$cgroup"; fi
  mkdir -p "$(setting run)/gateway"
  rm -f "$state/gateway.log"
  echo "$port" >"$state/gateway.port"
  # No strict modes, as the checkout may be its user's own.
  # shellcheck disable=SC2016 # for the inner shell
  ZOMG_SSH_LISTEN=127.0.0.1:$port \
  ZOMG_SSH_CRI_SOCKET=$(setting socket) \
  ZOMG_SSH_HOST_KEY_PATH=$state/host-ed25519 \
  ZOMG_SSH_AUTHORIZED_KEYS_FILE=$state/client-ed25519.pub \
  ZOMG_SSH_STATE_DIR=$(setting run)/gateway \
  ZOMG_SSH_STRICT_MODES=no \
  setsid sh -c '
    if [ -n "$1" ]; then echo $$ >"$1/cgroup.procs"; fi
    cd / && exec "$2"
  ' sh "$cgroup" "$gateway" </dev/null >>"$state/gateway.log" 2>&1 &
  started_pid=$!
  echo "$started_pid" >"$state/gateway.pid"
  tries=0
  until grep -q 'listening on' "$state/gateway.log" 2>/dev/null; do
    tries=$((tries + 1))
    if [ ! -d "/proc/$started_pid" ] || [ $tries -ge 300 ]; then
      cat "$state/gateway.log"
      echo "the gateway is not ready"
      return 1
    fi
    sleep 0.05
  done
}

stop_gateway() {
  if pid=$(gateway_pid); then
    kill -TERM "$pid" 2>/dev/null || true
    tries=0
    while gateway_pid >/dev/null && [ $tries -lt 60 ]; do tries=$((tries + 1)); sleep 0.05; done
  fi
  cgroup=$(own_cgroup)
  if [ -n "$cgroup" ] && [ -f "$cgroup/cgroup.procs" ]; then
    tries=0
    while [ -n "$(cat "$cgroup/cgroup.procs")" ] && [ $tries -lt 100 ]; do
      while read -r pid; do kill -KILL "$pid" 2>/dev/null || true; done <"$cgroup/cgroup.procs"
      tries=$((tries + 1))
      sleep 0.05
    done
  fi
  rm -f "$state/gateway.pid" "$state/gateway.port"
}

# --- the rest ---------------------------------------------------------------------------------
build() {
  prefix=$("$root/deploy/tools/libssh.sh") && cd "$root" || return 1
  # Whoever configured the tree before keeps the tests as they were; here they are not needed.
  tests=-DZOMG_TESTS=OFF
  if [ -f build/release/CMakeCache.txt ]; then tests=; fi
  cmake --preset release "-DZOMG_LIBSSH_PREFIX=$prefix" $tests &&
    cmake --build --preset release
}

start_containerd() {
  "$here/containerd.sh" up "$node" &&
    "$here/containerd.sh" import "$node" "$("$here/images.sh")"
}

make_keys() {
  [ -f "$state/host-ed25519" ] ||
    "$gateway" --generate-host-key "$state/host-ed25519" || return 1
  [ -f "$state/client-ed25519" ] ||
    ssh-keygen -q -t ed25519 -N '' -C 'zomg-ssh-gateway quickstart' -f "$state/client-ed25519" ||
    return 1
  host_key=$(ssh-keygen -y -f "$state/host-ed25519") || return 1
  echo "zomg-quickstart $host_key" >"$state/known_hosts"
  cat >"$state/ssh_config" <<END
Host box1
  HostName 127.0.0.1
  Port $port
  User demo--box1
  IdentityFile "$state/client-ed25519"
  IdentitiesOnly yes
  HostKeyAlias zomg-quickstart
  UserKnownHostsFile "$state/known_hosts"
  StrictHostKeyChecking yes
END
}

up() {
  mkdir -p "$state"
  : >"$log"
  step 'packages of Debian' "$here/packages.sh" run build
  step 'libssh' "$root/deploy/tools/libssh.sh"
  step 'release build' build
  step 'system users' "$here/users.sh" add
  step 'images of the box' "$here/images.sh"
  step 'containerd' start_containerd
  step 'box demo--box1' "$here/pods.py" "$node" run demo box1
  step 'keys' make_keys
  step "gateway on 127.0.0.1:$port" start_gateway
  config=$state/ssh_config
  case $PWD in "$root") config=build/quickstart/ssh_config ;; esac
  printf '\nready:  ssh -F %s box1\n' "$config"
}

status() {
  all=0
  "$here/containerd.sh" status "$node" || all=1
  if [ $all = 0 ]; then "$here/pods.py" "$node" list | sed 's/^/box /'; fi
  if pid=$(gateway_pid); then
    echo "gateway runs, pid $pid, 127.0.0.1:$(cat "$state/gateway.port")"
  else
    echo "gateway does not run"
    all=1
  fi
  return $all
}

down() {
  mkdir -p "$state"
  : >"$log"
  step 'gateway' stop_gateway
  step 'containerd and its boxes' "$here/containerd.sh" down "$node"
}

case ${1:-up} in
  up | down | status) "${1:-up}" ;;
  *) echo "usage: $0 [up|status|down]" >&2; exit 2 ;;
esac
