#!/bin/sh
# Runs in the container by a `kubectl exec` of its own, while session.sh runs there in another:
# delivers signal $2 to the processes of the session whose id $1 is. With END it hangs them up, waits
# for a line on stdin, and kills what is left and does not ignore SIGHUP.
set -f
mine=
for d in $(set +f; echo /proc/[0-9]*); do
  { IFS= read -r line <"$d/cmdline"; } 2>/dev/null
  case $line in *"# zomg-ssh session $1") mine=${d#/proc/} ;; esac
done
[ "$mine" ] || exit 0

# pid, parent and process group of every process; the terminal's group is that of the session's.
groups=
add() { case " $groups " in *" $1 "*) ;; *) [ "$1" -gt 1 ] && groups="$groups $1" ;; esac; }
scan() {
  for d in $(set +f; echo /proc/[0-9]*); do
    { IFS= read -r line <"$d/stat"; } 2>/dev/null || continue
    # shellcheck disable=SC2086 # words: state parent group session terminal terminal's-group
    set -- ${line##*) }
    if [ "${d#/proc/}" = "$mine" ] && [ "$6" -gt 0 ]; then add "$6"; fi
    if [ "$2" = "$mine" ]; then add "$3"; fi
  done
}
scan
tell() { for g in $groups; do kill "-$1" "-$g" 2>/dev/null; done; }
if [ "$2" != END ]; then tell "$2"; exit 0; fi

if [ -z "$groups" ]; then kill -KILL "$mine"; exit 0; fi
tell HUP
tell CONT
# shellcheck disable=SC2034 # it is the wait that counts
read -r go
for d in $(set +f; echo /proc/[0-9]*); do
  { IFS= read -r line <"$d/stat"; } 2>/dev/null || continue
  # shellcheck disable=SC2086
  set -- ${line##*) }
  case " $groups " in *" $3 "*) ;; *) continue ;; esac
  ignored=0
  { while read -r name value; do
      if [ "$name" = SigIgn: ]; then ignored=$value; break; fi
    done <"$d/status"; } 2>/dev/null
  # SIGHUP is bit 0.
  case $ignored in *[13579bdf]) ;; *) kill -KILL "${d#/proc/}" 2>/dev/null ;; esac
done
exit 0
