#!/bin/sh
# A Kubernetes cluster of our own, with two nodes on this machine:
#
#   cluster.sh up DIR            idempotent; also after a crash or a reboot
#   cluster.sh status DIR
#   cluster.sh down DIR          leaves nothing, whatever is left of it
#   cluster.sh kill DIR PART     kill -9 of etcd, apiserver, controllers, scheduler, kubelet1, kubelet2
#   cluster.sh start DIR PART    starts it again and waits until it answers
#   cluster.sh kubeconfig DIR NAMESPACE ACCOUNT     prints one for a service account, good for a day
#
# DIR keeps the data. DIR/cluster names its addresses and ports. The nodes are
# containerd instances, DIR/node1 and DIR/node2 (deploy/tools/containerd.sh), each with a kubelet.
# Any number of clusters can run side by side: the servers listen on loopback addresses that nobody
# else uses, and the API server on an address of node1's bridge, the cluster IP of the service
# `kubernetes`, so that pods reach it without a kube-proxy. Nothing of the machine is changed, and
# nothing can be reached from outside. There is no kube-proxy, no DNS and no policy engine.
set -eu

usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
say() { echo "cluster: $*" >&2; }
die() { say "$@"; exit 1; }

[ $# -ge 2 ] || usage
here=$(cd "$(dirname "$0")" && pwd -P)
tools=$here/../../deploy/tools
verb=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd -P)
shift 2

setting() { sed -n "s/^$1=//p" "$dir/cluster"; }
instance_of() { sed -n "s/^$2=//p" "$dir/node$1/instance" 2>/dev/null || true; }

# A lower-case word that no other DIR has, and numbers below 256 that hardly any has.
id=$(printf %s "$dir" | sha256sum | cut -c1-8)
high=$((0x$(printf %s "$id" | cut -c1-2)))
low=$((0x$(printf %s "$id" | cut -c3-4)))
loopback=127.$((high % 128 + 64)).$low
services=10.$((high % 63 + 192)).$low
api=https://$services.1:443

# --- one daemon -------------------------------------------------------------------------------
program_of() {
  case $1 in
    etcd) echo etcd ;;
    apiserver) echo kube-apiserver ;;
    controllers) echo kube-controller-manager ;;
    scheduler) echo kube-scheduler ;;
    kubelet1 | kubelet2) echo kubelet ;;
    *) die "'$1': etcd, apiserver, controllers, scheduler, kubelet1 or kubelet2" ;;
  esac
}

pid_of() { # prints the pid of part $1, if it lives
  pid=$(cat "$dir/$1.pid" 2>/dev/null) && [ -n "$pid" ] &&
    case $(readlink "/proc/$pid/exe" 2>/dev/null) in */"$(program_of "$1")"*) echo "$pid" ;; *) false ;; esac
}

gone() { # waits until process $1 is gone, or was reaped by nobody
  tries=0
  while [ -d "/proc/$1" ] && ! grep -q '^State:.[ZX]' "/proc/$1/status" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || return 1
    sleep 0.05
  done
}

end() { # part $1, by signal $2
  pid=$(pid_of "$1") || return 0
  kill "-$2" "$pid" 2>/dev/null || true
  gone "$pid" || { kill -KILL "$pid" 2>/dev/null || true; gone "$pid" || true; }
  rm -f "$dir/$1.pid"
}

launch() { # part $1 with the rest as its command
  part=$1
  shift
  end "$part" TERM
  setsid "$@" </dev/null >>"$dir/$part.log" 2>&1 9>&- &
  pid=$!
  echo $pid >"$dir/$part.pid"
  # Until it is the program itself that runs, and not what leads to it.
  until pid_of "$part" >/dev/null; do
    if [ ! -d "/proc/$pid" ]; then die "$part did not start: $(tail -n 5 "$dir/$part.log")"; fi
    sleep 0.02
  done
}

await() { # until the rest succeeds, for part $1
  part=$1
  shift
  tries=0
  until "$@" >/dev/null 2>&1; do
    pid_of "$part" >/dev/null || die "$part ended: $(tail -n 5 "$dir/$part.log")"
    tries=$((tries + 1))
    [ $tries -lt 600 ] || die "$part is not ready within 120 s: $(tail -n 5 "$dir/$part.log")"
    sleep 0.2
  done
}

# --- certificates -----------------------------------------------------------------------------
pki=$dir/pki

certificate() { # NAME SUBJECT [ALTERNATIVE NAMES], by the cluster's own authority
  [ -f "$pki/$1.crt" ] && return 0
  openssl req -x509 -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 3650 \
    -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -subj "$2" -keyout "$pki/$1.key" -out "$pki/$1.new" \
    -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth,clientAuth \
    ${3:+-addext "subjectAltName=$3"} 2>>"$dir/openssl.log" || die "openssl: $(tail -n 5 "$dir/openssl.log")"
  mv "$pki/$1.new" "$pki/$1.crt"
}

kubeconfig() { # the user's part of it, in the flow style of YAML
  cat <<END
apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: "$api", certificate-authority-data: $(base64 -w0 "$pki/ca.crt")}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
users: [{name: test, user: {$1}}]
END
}

user() { # NAME SUBJECT: a certificate and the kubeconfig that goes with it
  certificate "$1" "$2"
  [ -f "$dir/$1.kubeconfig" ] && return 0
  kubeconfig "client-certificate-data: $(base64 -w0 "$pki/$1.crt"), client-key-data: $(
    base64 -w0 "$pki/$1.key")" >"$dir/$1.kubeconfig"
}

make_pki() {
  mkdir -p "$pki"
  chmod 700 "$pki"
  [ -f "$pki/ca.crt" ] ||
    openssl req -x509 -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 3650 \
      -subj /CN=zomg-test -keyout "$pki/ca.key" -out "$pki/ca.crt" 2>>"$dir/openssl.log"
  [ -f "$pki/accounts.key" ] ||
    openssl ecparam -name prime256v1 -genkey -noout -out "$pki/accounts.key"
  [ -f "$pki/accounts.pub" ] ||
    openssl ec -in "$pki/accounts.key" -pubout -out "$pki/accounts.pub" 2>>"$dir/openssl.log"
  certificate etcd /CN=etcd "IP:$loopback.1"
  certificate apiserver /CN=kube-apiserver \
    "IP:$services.1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
  certificate apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet
  for node in 1 2; do certificate "node$node" "/CN=$loopback.$node" "IP:$loopback.$node"; done
  user admin /O=system:masters/CN=admin
  user controllers /CN=system:kube-controller-manager
  user scheduler /CN=system:kube-scheduler
  for node in 1 2; do user "kubelet$node" "/O=system:nodes/CN=system:node:$loopback.$node"; done
}

# --- the parts --------------------------------------------------------------------------------
kube() { KUBECONFIG=$dir/admin.kubeconfig HOME=$dir "$bin/kubectl" --request-timeout=10s "$@"; }

start_etcd() {
  launch etcd "$bin/etcd" --name test --data-dir "$dir/etcd" --log-level warn --logger zap \
    --listen-client-urls "https://$loopback.1:$(setting port_etcd)" \
    --advertise-client-urls "https://$loopback.1:$(setting port_etcd)" \
    --listen-peer-urls "http://$loopback.1:$(setting port_peer)" \
    --initial-advertise-peer-urls "http://$loopback.1:$(setting port_peer)" \
    --initial-cluster "test=http://$loopback.1:$(setting port_peer)" \
    --client-cert-auth --trusted-ca-file "$pki/ca.crt" \
    --cert-file "$pki/etcd.crt" --key-file "$pki/etcd.key"
}

# Tokens as today's clusters have them: bound to the pod, renewed by the kubelet.
start_apiserver() {
  launch apiserver "$bin/kube-apiserver" --v=1 \
    --bind-address "$services.1" --secure-port 443 --advertise-address "$services.1" \
    --service-cluster-ip-range "$services.0/24" --endpoint-reconciler-type none \
    --etcd-servers "https://$loopback.1:$(setting port_etcd)" --etcd-cafile "$pki/ca.crt" \
    --etcd-certfile "$pki/etcd.crt" --etcd-keyfile "$pki/etcd.key" \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" \
    --client-ca-file "$pki/ca.crt" --authorization-mode Node,RBAC --anonymous-auth=true \
    --allow-privileged=true --enable-admission-plugins NodeRestriction \
    --feature-gates BoundServiceAccountTokenVolume=true \
    --kubelet-client-certificate "$pki/apiserver-kubelet.crt" \
    --kubelet-client-key "$pki/apiserver-kubelet.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP \
    --service-account-issuer "$api" --service-account-key-file "$pki/accounts.pub" \
    --service-account-signing-key-file "$pki/accounts.key" --cert-dir "$dir/apiserver"
  await apiserver kube get --raw /readyz
}

start_controllers() {
  launch controllers "$bin/kube-controller-manager" --v=1 --kubeconfig "$dir/controllers.kubeconfig" \
    --bind-address "$loopback.1" --secure-port "$(setting port_controllers)" --port 0 \
    --leader-elect=false --use-service-account-credentials=true \
    --service-account-private-key-file "$pki/accounts.key" --root-ca-file "$pki/ca.crt" \
    --cert-dir "$dir/controllers"
}

start_scheduler() {
  launch scheduler "$bin/kube-scheduler" --v=1 --kubeconfig "$dir/scheduler.kubeconfig" \
    --bind-address "$loopback.1" --secure-port "$(setting port_scheduler)" --port 0 \
    --leader-elect=false --cert-dir "$dir/scheduler"
}

# The kubelet wants kernel settings that fit a node and changes them where they differ. It is shown
# files that say what it wants to read, in a mount namespace of its own, and told to change nothing.
kernel_settings='vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000'

start_kubelet() {
  node=$1
  kubelet=$(instance_of "$node" run)/kubelet
  mkdir -p "$kubelet" "$dir/node$node/kernel" "$dir/node$node/plugins"
  for top in /sys/fs/cgroup /sys/fs/cgroup/*; do
    if [ -f "$top/cgroup.procs" ]; then mkdir -p "$top$(instance_of "$node" cgroup)"; fi
  done
  cat >"$dir/node$node/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $loopback.$node
port: $(setting port_kubelet"$node")
readOnlyPort: 0
healthzPort: 0
tlsCertFile: $pki/node$node.crt
tlsPrivateKeyFile: $pki/node$node.key
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: $(instance_of "$node" cgroup)
makeIPTablesUtilChains: false
protectKernelDefaults: true
failSwapOn: false
oomScoreAdj: 0
evictionHard: {memory.available: "0%", nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%"}
imageGCHighThresholdPercent: 100
# A pod that it could not take away at once is gone a second look later, which is after a minute else.
syncFrequency: 5s
volumePluginDir: $dir/node$node/plugins
featureGates: {DevicePlugins: false, BoundServiceAccountTokenVolume: true}
END
  # shellcheck disable=SC2016,SC2086 # for the inner shell; a list of settings
  launch "kubelet$node" unshare --mount --propagation unchanged sh -c '
    settings=$1 values=$2
    shift 2
    mount --make-private /proc
    for setting in $settings; do
      name=${setting%%=*}
      file=$values/$(echo "$name" | tr / .)
      echo "${setting#*=}" >"$file"
      if [ -f "/proc/sys/$name" ]; then mount --bind "$file" "/proc/sys/$name"; fi
    done
    exec "$@"
  ' sh "$kernel_settings" "$dir/node$node/kernel" \
    "$bin/kubelet" --v=1 --config "$dir/node$node/kubelet.yaml" --root-dir "$kubelet" \
    --kubeconfig "$dir/kubelet$node.kubeconfig" --hostname-override "$loopback.$node" \
    --container-runtime remote \
    --container-runtime-endpoint "unix://$(instance_of "$node" socket)"
}

ready() { [ "$(kube get node "$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" = True ]; }
ready_kubelet() { await "kubelet$1" ready "$loopback.$1"; }
healthz() { curl -fsk "https://$loopback.1:$1/healthz"; }

start_part() { # starts part $1 and waits for it
  case $1 in
    controllers) start_controllers; await controllers healthz "$(setting port_controllers)" ;;
    scheduler) start_scheduler; await scheduler healthz "$(setting port_scheduler)" ;;
    kubelet?) start_kubelet "${1#kubelet}"; ready_kubelet "${1#kubelet}" ;;
    etcd | apiserver) "start_$1" ;;
  esac
}

# --- all of it --------------------------------------------------------------------------------
write_settings() {
  [ -f "$dir/cluster" ] && return 0
  /usr/bin/python3 - "$loopback" >"$dir/cluster.new" <<'END'
import socket
import sys
held = []
for name in ("etcd", "peer", "controllers", "scheduler", "kubelet1", "kubelet2"):
    taken = socket.socket()
    taken.bind((sys.argv[1] + (".2" if name == "kubelet2" else ".1"), 0))
    held.append(taken)
    print(f"port_{name}={taken.getsockname()[1]}")
END
  cat >>"$dir/cluster.new" <<END
bin=$bin
api=$api
node1=$loopback.1
node2=$loopback.2
END
  mv "$dir/cluster.new" "$dir/cluster"
}

on_both() { # starts the rest for both nodes at once
  for node in 1 2; do "$@" "$node" & jobs="${jobs:-} $!"; done
  for job in $jobs; do wait "$job" || die "a node did not start"; done
  jobs=
}

# On a machine with systemd every mount is shared. Here this one has to be: the kubelet mounts volumes
# in a namespace of its own, and pods may ask for mounts of the node to come and go in them.
share() {
  mountpoint -q "$1" && return 0
  mount --bind "$1" "$1"
  mount --make-private "$1"
  mount --make-shared "$1"
}

start_node() {
  "$tools/containerd.sh" up "$dir/node$1" && share "$(instance_of "$1" run)" &&
    "$tools/containerd.sh" import "$dir/node$1" "$images"
}

up() {
  bin=$("$here/build.sh")
  images=$("$tools/images.sh")
  write_settings
  make_pki
  on_both start_node
  ip addr replace "$services.1/32" dev "$(instance_of 1 bridge)"
  for part in etcd apiserver controllers scheduler; do
    if ! pid_of $part >/dev/null; then "start_$part"; fi
  done
  for node in 1 2; do
    if ! pid_of "kubelet$node" >/dev/null; then start_kubelet "$node"; fi
  done
  # Which pods need; and a pod that comes before them waits long for another try.
  await controllers kube get serviceaccount/default configmap/kube-root-ca.crt
  ready_kubelet 1
  ready_kubelet 2
}

status() {
  all=0
  for part in etcd apiserver controllers scheduler kubelet1 kubelet2; do
    if pid=$(pid_of $part); then echo "$part runs, pid $pid"; else echo "$part does not run"; all=1; fi
  done
  for node in 1 2; do "$tools/containerd.sh" status "$dir/node$node" || all=1; done
  echo "KUBECONFIG=$dir/admin.kubeconfig"
  return $all
}

# The kubelet keeps logs of containers where no setting reaches.
forget_logs() {
  for pod in "$1"/kubelet/pods/*; do
    [ -d "$pod" ] || continue
    rm -rf /var/log/pods/*_"${pod##*/}"
  done
  find /var/log/containers -xtype l -lname '/var/log/pods/*' -delete 2>/dev/null || true
  rmdir /var/log/pods /var/log/containers 2>/dev/null || true
}

down() {
  for part in kubelet2 kubelet1 scheduler controllers apiserver etcd; do end $part TERM; done
  for node in 1 2; do
    run=$(instance_of $node run)
    if [ -n "$run" ]; then forget_logs "$run"; fi
    "$tools/containerd.sh" down "$dir/node$node"
  done
  rm -rf "$pki" "$dir"/*.log "$dir"/*.kubeconfig "$dir/cluster" "$dir/etcd" "$dir/apiserver" \
    "$dir/controllers" "$dir/scheduler" "$dir/node1" "$dir/node2" "$dir/.kube"
  rmdir "$dir" 2>/dev/null || true
}

service_account() { # NAMESPACE ACCOUNT
  answer=$(echo '{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
    "spec": {"expirationSeconds": 86400}}' |
    kube create --raw "/api/v1/namespaces/$1/serviceaccounts/$2/token" -f -)
  token=$(printf %s "$answer" | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["status"]["token"])')
  kubeconfig "token: $token"
}

case $verb in
  up | status | down) "$verb" ;;
  kill) program_of "$1" >/dev/null; end "$1" KILL ;;
  start | kubeconfig)
    [ -f "$dir/cluster" ] || die "no cluster in $dir"
    bin=$(setting bin)
    if [ "$verb" = start ]; then program_of "$1" >/dev/null; start_part "$1"; else service_account "$@"; fi ;;
  *) usage ;;
esac
