#!/bin/sh
# The system users that the gateway's unprivileged programs run as:  users.sh add|remove|list
set -eu

# One line: the package's scripts are made from it.
users='zomg-ssh zomg-ssh-resolver zomg-ssh-kubernetes zomg-ssh-kubectl zomg-ssh-session zomg-ssh-keyring zomg-ssh-audit zomg-ssh-metrics zomg-ssh-recorder zomg-ssh-log'

case "${1:-}" in
  add)
    for user in $users; do
      getent passwd "$user" >/dev/null ||
        useradd --system --user-group --no-create-home --home-dir /nonexistent \
          --shell /usr/sbin/nologin --comment 'zomg-ssh-gateway' "$user"
    done ;;
  remove)
    for user in $users; do
      if getent passwd "$user" >/dev/null; then userdel "$user"; fi
    done ;;
  list) echo "$users" | tr ' ' '\n' ;;
  *) echo "usage: $0 add|remove|list" >&2; exit 2 ;;
esac
