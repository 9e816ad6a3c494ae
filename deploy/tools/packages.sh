#!/bin/sh
# Installs what a fresh Debian 12 or 13 lacks. The groups name what it is for:
#
#   packages.sh [run] [build] [test] [go] [cluster] [vm]
set -eu

say() { echo "packages: $*" >&2; }

run='containerd runc containernetworking-plugins iproute2 openssh-client python3 python3-grpcio
  python3-protobuf protobuf-compiler gcc libc6-dev util-linux ca-certificates'
build='build-essential cmake ninja-build pkg-config dpkg-dev debian-archive-keyring xz-utils python3
  libssl-dev libseccomp-dev libcap-dev libyaml-cpp-dev libcurl4-openssl-dev libfmt-dev
  libmicrohttpd-dev nlohmann-json3-dev libprotobuf-dev protobuf-compiler zlib1g-dev libzstd-dev'
test='libgtest-dev libgmock-dev clang lld clang-format clang-tidy shellcheck python3-pytest python3-paramiko
  python3-pytest-timeout python3-pytest-xdist python3-asyncssh rsync tmux strace age
  python3-yaml python3-cryptography zsh lintian mandoc ssh-audit
  asciinema python3-pyte openssh-tests inetutils-telnet python3-prometheus-client mmdebstrap systemd
  putty-tools dropbear-bin libssh-4 curl lftp rclone sshfs restic borgbackup unison git ansible-core'
# Node.js as the machine has it, or Debian's, whose npm is a hundred packages.
command -v npm >/dev/null || test="$test nodejs npm"

go='golang-go golang-golang-x-crypto-dev golang-github-pkg-sftp-dev'

cluster='golang-go gcc libc6-dev dpkg-dev xz-utils debian-archive-keyring openssl curl
  python3-yaml age ansible python3-kubernetes'

vm='qemu-system-x86 qemu-utils e2fsprogs mmdebstrap openssh-client'

wanted=
for group in "$@"; do
  case $group in
    run) wanted="$wanted $run" ;;
    build) wanted="$wanted $build" ;;
    test) wanted="$wanted $test" ;;
    go) wanted="$wanted $go" ;;
    cluster) wanted="$wanted $cluster" ;;
    vm) wanted="$wanted $vm" ;;
    *) say "unknown group '$group': run, build, test, go, cluster or vm"; exit 2 ;;
  esac
done

# shellcheck disable=SC2086 # lists of names
missing=$({ dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null || true; } |
  wanted="$wanted" awk '
    $1 == "installed" { have[$2] = 1 }
    END { n = split(ENVIRON["wanted"], name)
          for (i = 1; i <= n; i++) if (!have[name[i]]++) printf "%s ", name[i] }')
[ -n "$missing" ] || exit 0
[ "$(id -u)" = 0 ] || { say "missing: $missing; run as root to install them"; exit 1; }

say "installing $missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Debian starts the services of a package as it installs it, and only ours shall run. With /run/systemd
# out of sight, in a mount namespace that ends with this command, no package can ask for a start.
unseen() {
  [ -d /run/systemd/system ] || { "$@"; return; }
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount --propagation private \
    sh -c 'mount -t tmpfs none /run/systemd && exec "$@"' sh "$@"
}
install() {
  # shellcheck disable=SC2086 # a list of names
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive unseen apt-get -q -y -o DPkg::Lock::Timeout=300 \
    --no-install-recommends install $missing </dev/null >"$log" 2>&1
}
update() { apt-get -q -o DPkg::Lock::Timeout=300 update >"$log" 2>&1; }

installed_before() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -q '^installed'; }
services='containerd:containerd.service openssh-server:ssh.service'
new_services=
for service in $services; do
  installed_before "${service%%:*}" || new_services="$new_services $service"
done

# A fresh machine has no lists, and old lists name versions that are gone from the mirror.
if ! install; then
  update || { cat "$log" >&2; say "apt-get update failed"; exit 1; }
  install || { cat "$log" >&2; say "apt-get install failed"; exit 1; }
fi

# Nor shall one start at the next boot that was not wanted before.
if [ -d /run/systemd/system ]; then
  for service in $new_services; do
    installed_before "${service%%:*}" || continue
    systemctl --quiet disable "${service##*:}" >/dev/null 2>&1 || true
  done
fi
