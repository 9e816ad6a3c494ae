#!/bin/sh
# Makes the programs of a Kubernetes cluster available and prints the directory that holds them:
#
#   etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl
#
# Debian packages none of the servers, but the source of all of them: they are built from Debian's
# source package `kubernetes` into ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}, which takes some
# minutes once. etcd and kubectl are Debian's own binaries, unpacked beside them and not installed, so
# that no service of theirs starts and no kubectl of this machine is replaced.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}

say() { echo "cluster build: $*" >&2; }
die() { say "$@"; exit 1; }

key=$( { cat "$here/build.sh"; sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; uname -m; } |
  sha256sum | cut -c1-12)
bin=$cache/kubernetes-$key
if [ -x "$bin/kubelet" ]; then echo "$bin"; exit 0; fi

for tool in go gcc dpkg-source xz; do
  command -v "$tool" >/dev/null ||
    die "$tool is missing: run deploy/tools/packages.sh cluster first"
done
mkdir -p "$cache"
exec 9>"$cache/kubernetes.lock"
flock 9
if [ -x "$bin/kubelet" ]; then echo "$bin"; exit 0; fi # while we waited for the lock

work=$(mktemp -d "$cache/kubernetes-work.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
# apt drops to its own user for the network, which must reach its files.
chmod 755 "$work"
fetched=$work/fetched
mkdir -p "$fetched" "$work/lists/partial" "$work/archives/partial" "$work/bin"
if [ "$(id -u)" = 0 ] && getent passwd _apt >/dev/null; then chown _apt "$fetched"; fi

quietly() { # runs the rest; what it says is shown when it fails
  "$@" >"$work/log" 2>&1 || { tail -n 40 "$work/log" >&2; die "this failed: $*"; }
}

# --- what Debian has --------------------------------------------------------------------------
# The binary archives that this machine uses, as source archives, in an apt state of our own.
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
apt-get update --print-uris |
  sed -nE "s#^'(.*)/dists/(${codename}[^/]*)/InRelease' .*#\1 \2#p" | sort -u |
  while read -r mirror suite; do
    printf 'Types: deb deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' \
      "$mirror" "$suite" /usr/share/keyrings/debian-archive-keyring.gpg
  done >"$work/debian.sources"
[ -s "$work/debian.sources" ] || die "no Debian archive of $codename among the apt sources"

apt() {
  LC_ALL=C apt-get -q -o Dir::Etc::sourcelist="$work/debian.sources" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::State::Lists="$work/lists" \
    -o Dir::Cache="$work" -o Acquire::Languages=none "$@"
}
download() { cd "$fetched" && apt download "$@"; }
download_source() { cd "$fetched" && apt source --download-only "$@"; }

say "fetching the source of Kubernetes"
quietly apt update -o APT::Update::Error-Mode=any
(quietly download etcd-server kubernetes-client golang-github-modern-go-reflect2-dev)
(quietly download_source kubernetes)

for package in "$fetched"/*.deb; do quietly dpkg-deb -x "$package" "$work/debian"; done
cp "$work/debian/usr/bin/etcd" "$work/debian/usr/bin/kubectl" "$work/bin"

# --- the source -------------------------------------------------------------------------------
# The old way of Go, with everything vendored under GOPATH: it looks for nothing on the network.
tree=$work/go/src/k8s.io/kubernetes
mkdir -p "$work/go/src/k8s.io"
quietly dpkg-source --no-copy -x "$fetched"/kubernetes_*.dsc "$tree"
# The vendored reflect2 knows the inside of older Go runtimes and crashes in newer ones.
rm -rf "$tree/vendor/github.com/modern-go/reflect2"
cp -r "$work/debian/usr/share/gocode/src/github.com/modern-go/reflect2" \
  "$tree/vendor/github.com/modern-go/reflect2"

export GOPATH="$work/go" GOCACHE="$work/gocache" GOFLAGS='' GO111MODULE=off GOTOOLCHAIN=local
cd "$tree"
version=v$(sed -nE '1s/^[^(]*\((.*really)?([0-9.]+).*/\2/p' debian/changelog)
stamp=k8s.io/kubernetes/vendor/k8s.io
flags="-s -w"
for package in component-base/version client-go/pkg/version; do
  flags="$flags -X $stamp/$package.gitVersion=$version"
  flags="$flags -X $stamp/$package.gitMajor=1 -X $stamp/$package.gitMinor=$(echo "$version" | cut -d. -f2)"
done

# The one generated file that the source leaves out: the schema of every type that asks for one.
say "generating the API's schema"
quietly go build -p 2 -o "$work/openapi-gen" k8s.io/kubernetes/vendor/k8s.io/kube-openapi/cmd/openapi-gen
inputs=$(grep -rlF --include='*.go' +k8s:openapi-gen= pkg cmd staging/src |
  sed -e 's#/[^/]*$##' -e 's#^staging/src/#vendor/#' -e 's#^#k8s.io/kubernetes/#' |
  grep -v -e /testdata -e /pkg/generated/ -e /cmd/ -e /code-generator/ -e /sample- | sort -u | paste -sd ,)
quietly "$work/openapi-gen" --output-file-base zz_generated.openapi \
  --go-header-file hack/boilerplate/boilerplate.generatego.txt --output-base "$work/go/src" \
  --output-package k8s.io/kubernetes/pkg/generated/openapi --input-dirs "$inputs" \
  --report-filename "$work/violations"

# --- the build --------------------------------------------------------------------------------
build() { # the program $1, with cgo as $2 says
  began=$(date +%s)
  quietly env CGO_ENABLED="$2" go build -p 2 -tags providerless,dockerless -ldflags "$flags" \
    -o "$work/bin/$1" "k8s.io/kubernetes/cmd/$1"
  say "$1 $version in $(($(date +%s) - began)) s"
}
build kube-apiserver 0
build kubelet 1
build kube-scheduler 0
build kube-controller-manager 0

mv "$work/bin" "$bin"
echo "$bin"
