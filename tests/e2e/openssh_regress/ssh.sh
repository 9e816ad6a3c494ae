#!/bin/sh
# Stands before ssh in OpenSSH's regression tests: `ssh -Q` names of the algorithms only those that a
# gateway speaks too, as ZOMG_REGRESS_SERVER has them, so that a test of all of them is one of these.
log=
case $1 in
-E*) log=$1; [ "$2" = -Q ] && shift ;;
esac
[ "$1" = -Q ] || exec /usr/bin/ssh "$@"
case $2 in
kex | cipher | mac | key-plain | cipher-auth | Ciphers | MACs)
  /usr/bin/ssh -Q "$2" | grep -xF -f "$ZOMG_REGRESS_SERVER/algorithms" || true
  ;;
compression) echo none ;;
*) exec /usr/bin/ssh ${log:+"$log"} "$@" ;;
esac
