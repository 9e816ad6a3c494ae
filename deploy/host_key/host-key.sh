#!/bin/sh
# The gateway's host key: made once, kept encrypted, applied as a Kubernetes secret.
#
#   host-key.sh generate     makes it; refuses where there is one
#   host-key.sh fingerprint  shows the fingerprint, the SSHFP record and the known_hosts line
#   host-key.sh show         the private key on stdout, which must not be a terminal
#   host-key.sh apply        the Kubernetes secret, here or by ssh where the API is not reachable
#
#   ZOMG_SSH_HOST_KEY_FILE   the encrypted file; default ./host-key.sops.yaml, meant for a repository
#   SOPS_AGE_RECIPIENTS      who can decrypt it (age1…, comma-separated); default: the identity below
#   SOPS_AGE_KEY_FILE        the age identity; default ~/.config/sops/age/keys.txt (`age-keygen -o`)
#   ZOMG_DEPLOY_SSH_HOST     where kubectl runs when the API does not answer here; else
#                            ZOMG_VM_SSH_HOST, else deploy_ssh_host, else ssh_host of zomg's profile
#   ZOMG_SSH_DEPLOY_NAMESPACE, ZOMG_SSH_HOST_KEY_SECRET   default zomg-ssh, zomg-ssh-host-key
#
# The file is in SOPS's format. `sops` does the encryption where it is installed; Debian has no package
# of it, so elsewhere host_key.py reads and writes the same format with Debian's `age`. The key goes
# through pipes: no argument, environment variable or temporary file ever holds it.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
file=${ZOMG_SSH_HOST_KEY_FILE:-host-key.sops.yaml}
identity=${SOPS_AGE_KEY_FILE:-${XDG_CONFIG_HOME:-$HOME/.config}/sops/age/keys.txt}
namespace=${ZOMG_SSH_DEPLOY_NAMESPACE:-zomg-ssh}
secret=${ZOMG_SSH_HOST_KEY_SECRET:-zomg-ssh-host-key}

say() { echo "host-key: $*" >&2; }
die() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
key_file() { /usr/bin/python3 "$here/host_key.py" "$@"; }

check_tools() {
  have age || have sops || die "age is missing: install it (apt-get install age)"
  /usr/bin/python3 -c 'import yaml, cryptography' 2>/dev/null ||
    die "install what this needs: apt-get install python3-yaml python3-cryptography"
}

find_recipients() {
  recipients=${SOPS_AGE_RECIPIENTS:-}
  [ -n "$recipients" ] || [ ! -r "$identity" ] ||
    recipients=$(age-keygen -y "$identity" | paste -sd, -)
  [ -n "$recipients" ] ||
    die "no age recipient: set SOPS_AGE_RECIPIENTS, or make $identity with age-keygen -o"
}

encrypt() {
  if have sops; then
    sops --encrypt --age "$recipients" --encrypted-regex '^private_key$' \
      --input-type yaml --output-type yaml /dev/stdin
    return
  fi
  # shellcheck disable=SC2046 # recipients have no blanks
  key_file encrypt $(printf %s "$recipients" | tr ',' ' ')
}

decrypt() {
  [ -r "$file" ] || die "$file is not there: make it with host-key.sh generate, or set ZOMG_SSH_HOST_KEY_FILE"
  if have sops; then
    SOPS_AGE_KEY_FILE=$identity sops --decrypt --extract '["private_key"]' "$file"
    return
  fi
  [ -r "$identity" ] || die "the age identity $identity cannot be read: set SOPS_AGE_KEY_FILE"
  key_file decrypt "$file" "$identity"
}

generate() {
  # A dangling link is in the way too.
  if [ -e "$file" ] || [ -L "$file" ]; then
    die "$file is there already; a new key would make every client warn. Remove it if that is meant"
  fi
  find_recipients
  new=$(mktemp "$file.XXXXXX") || exit 1
  trap 'rm -f "$new"' EXIT
  trap 'exit 130' INT TERM HUP
  # Encrypted before it reaches the disk. Without pipefail, the result is asked whether it is whole.
  key_file make | encrypt >"$new" || die "encryption failed; nothing was written"
  key_file public "$new" >/dev/null || die "encryption failed; nothing was written"
  # A link and not a rename: it fails where somebody else was first.
  ln "$new" "$file" || die "$file is there already"
  say "wrote $file"
  fingerprint
}

fingerprint() {
  [ -r "$file" ] || die "$file is not there: make it with host-key.sh generate"
  public=$(key_file public "$file") || exit 1
  host=$(profile gateway_host)
  port=$(profile port)
  printf '%s\n' "$public" | ssh-keygen -lf /dev/stdin
  printf '%s\n' "$public" | ssh-keygen -r "${host:-gateway.example.org}" -f /dev/stdin | grep ' 4 2 '
  if [ "${port:-2222}" = 22 ]; then
    printf '%s %s\n' "${host:-gateway.example.org}" "$public"
  else
    printf '[%s]:%s %s\n' "${host:-gateway.example.org}" "${port:-2222}" "$public"
  fi
}

# A field of zomg's profile; empty where there is no profile.
profile() { "$here/../client/zomg" profile "$1" 2>/dev/null || true; }

find_ssh_host() {
  for host in "${ZOMG_DEPLOY_SSH_HOST:-}" "${ZOMG_VM_SSH_HOST:-}" \
    "$(profile deploy_ssh_host)" "$(profile ssh_host)"; do
    [ -z "$host" ] || { printf '%s\n' "$host"; return; }
  done
  die "the Kubernetes API does not answer here, and no host to run kubectl on is known:" \
    "set ZOMG_DEPLOY_SSH_HOST, or deploy_ssh_host in zomg's profile"
}

api_answers() { have kubectl && kubectl --request-timeout=5s get --raw /version >/dev/null 2>&1; }

# Server-side, or kubectl would keep a second copy of the key in an annotation.
apply() {
  arguments='apply --server-side --force-conflicts --field-manager=zomg-host-key -f -'
  # Read before anything is connected, so that a broken file changes nothing.
  if ! decrypt >/dev/null; then exit 1; fi
  # shellcheck disable=SC2086 # words without blanks
  if api_answers; then
    decrypt | key_file manifest "$namespace" "$secret" | kubectl $arguments
  else
    host=$(find_ssh_host) || exit 1
    say "the Kubernetes API does not answer here: applying on $host"
    decrypt | key_file manifest "$namespace" "$secret" | ssh -- "$host" kubectl $arguments
  fi
}

case ${1:-} in
  generate) check_tools; generate ;;
  fingerprint) check_tools; fingerprint ;;
  show)
    check_tools
    [ ! -t 1 ] || die "this would print the private key on the terminal: send it into a pipe or a file"
    decrypt
    ;;
  apply) check_tools; apply ;;
  *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d' >&2; exit 2 ;;
esac
