#!/bin/sh
# Runs in the container by a `kubectl exec` of its own, while session.sh runs there in another, or has
# been killed there:  ID WHAT SESSION STARTED TERMINAL
#
#   ID        the session's: the process of session.sh has it in its arguments
#   WHAT      the name of a signal, which the program's process group gets; or
#     END     hangs the session up, waits for a line on stdin, hangs up those whom that did not reach,
#             waits for the end of stdin, and kills what is left and does not ignore SIGHUP
#     DONE    ends session.sh, which waits for the gateway
#   SESSION   the pid, here, of the session's leader, and STARTED when that started (proc(5)), both
#             empty where session.sh did not tell
#   TERMINAL  yes or no
# shellcheck disable=SC2154,SC2034 # eval sets them; a read waits
set -f
id=$1 what=$2 session=$3 started=$4 terminal=$5

processes() { set +f; echo /proc/[0-9]*; }
mine=' '
for d in $(processes); do
  line=
  { IFS= read -r line <"$d/cmdline"; } 2>/dev/null
  case $line in *"# zomg-ssh session $id") mine="$mine${d#/proc/} " ;; esac
done
is_mine() { case $mine in *" $1 "*) ;; *) false ;; esac; }

# Of process $1: its state, parent, group, session, terminal's foreground group and start. From proc(5)
# /proc/PID/stat, `pid (comm) state …`; comm may hold anything.
look() {
  line=
  { IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null
  # shellcheck disable=SC2086 # words
  set -- ${line##*) }
  [ $# -ge 20 ] || return 1
  state=$1 parent=$2 group=$3 of=$4 front=$6
  shift 19
  start=$1
  [ "$state" != Z ]
}
# Of process $1: the sets of signals that it ignores and catches.
look_at_signals() {
  ignored=0 caught=0
  { while read -r name value; do
      case $name in SigIgn:) ignored=$value ;; SigCgt:) caught=$value; break ;; esac
    done <"/proc/$1/status"; } 2>/dev/null
}
# SIGHUP is bit 0, SIGTSTP bit 19.
ignores_hangup() { look_at_signals "$1"; case $ignored in *[13579bdf]) ;; *) false ;; esac; }
controls_jobs() {
  look_at_signals "$1"
  case $caught in *[13579bdf]) case $ignored in *[89abcdef]????) return 0 ;; esac ;; esac
  return 1
}
end_mine() {
  # Stopped, it starts nothing else in their place.
  for pid in $mine; do kill -STOP "$pid" 2>/dev/null; done
  for d in $(processes); do
    if look "${d#/proc/}" && is_mine "$parent" && ! is_mine "${d#/proc/}"; then
      kill -KILL "${d#/proc/}" 2>/dev/null
    fi
  done
  for pid in $mine; do kill -KILL "$pid" 2>/dev/null; done
}
if [ "$what" = DONE ]; then end_mine; exit 0; fi

# Where session.sh did not tell: as it is seen from its children.
if [ -z "$session" ]; then
  for d in $(processes); do
    if look "${d#/proc/}" && is_mine "$parent" && ! is_mine "${d#/proc/}"; then session=$of; fi
  done
fi
# Where another has its leader's pid by now, nothing is left of it.
if [ -z "$session" ] || { [ "$started" ] && look "$session" && [ "$start" != "$started" ]; }; then
  end_mine
  exit 0
fi

# Who is in the session, who started whom (p_PID), in which group (g_PID), since when (s_PID), and
# whether it controls jobs (c_PID). What was seen once is kept: it tells where the rest comes from.
members=' ' front_group=0 shell='' first=" $session "
scan() {
  for d in $(processes); do
    pid=${d#/proc/}
    if ! look "$pid" || [ "$of" != "$session" ]; then continue; fi
    eval "known=\${s_$pid-}"
    if [ "$known" = "$start" ]; then continue; fi
    members="$members$pid "
    eval "p_$pid=$parent g_$pid=$group s_$pid=$start c_$pid="
    if [ "$terminal" = yes ]; then
      if [ "$front" -gt 0 ]; then front_group=$front; fi
      if controls_jobs "$pid"; then eval "c_$pid=yes"; fi
    fi
    # The user's program, by whoever started it.
    if { [ "$pid" = "$session" ] || is_mine "$parent"; } && ! is_mine "$pid"; then
      first="$first$group "
      eval "shell=\${c_$pid:-no}"
    fi
  done
}
lives() { eval "known=\$s_$1"; look "$1" && [ "$start" = "$known" ]; }

# Whether group $1 is to end. As sessiond/entry/hangup.h: on a terminal a shell that controls jobs answers for
# the groups of its children; a child that lives after that was let go, with all that comes from it.
is_to_end() {
  [ "$terminal" = yes ] || return 0
  g=$1 steps=0
  while [ $steps -lt 64 ]; do
    case "$first$front_group " in *" $g "*) return 0 ;; esac
    origin=
    for pid in $members; do
      eval "its=\$g_$pid by=\$p_$pid"
      if [ "$its" != "$g" ]; then continue; fi
      eval "its=\${g_$by-}"
      if [ "$its" = "$g" ]; then continue; fi
      origin=$pid
      if [ "$pid" = "$g" ]; then break; fi
    done
    [ "$origin" ] || return 0
    eval "by=\$p_$origin"
    if is_mine "$by"; then return 0; fi
    eval "g=\${g_$by-} controls=\${c_$by-}"
    # No shell has it among its jobs any more, if there was one.
    if [ -z "$g" ]; then [ "$shell" = no ]; return; fi
    if [ "$controls" ] && lives "$origin"; then return 1; fi
    steps=$((steps + 1))
  done
}

tell() { # signal $1 to those of the groups $2
  told=' '
  for one in $2; do
    case $told in *" $one "*) continue ;; esac
    told="$told$one "
    [ "$one" -gt 1 ] && kill "-$1" "-$one" 2>/dev/null
  done
}
hang_up() { tell HUP "$1"; tell CONT "$1"; }
all_groups() { # those of the living that are to end
  groups=' '
  for m in $members; do
    eval "its=\$g_$m"
    case $groups in *" $its "*) continue ;; esac
    if lives "$m" && is_to_end "$its"; then eval "its=\$g_$m"; groups="$groups$its "; fi
  done
  echo "$groups"
}

scan
if [ "$what" != END ]; then
  tell "$what" "$first$front_group"
  exit 0
fi
if [ "$terminal" = yes ]; then hang_up "$first$front_group"; else hang_up "$(all_groups)"; fi
read -r go && {
  if [ "$terminal" = yes ]; then hang_up "$(all_groups)"; fi
  read -r go
}
for pass in 1 2; do
  scan
  for m in $members; do
    if is_mine "$m" || ! lives "$m"; then continue; fi
    eval "its=\$g_$m"
    if is_to_end "$its" && ! ignores_hangup "$m"; then kill -KILL "$m" 2>/dev/null; fi
  done
done
end_mine
exit 0
