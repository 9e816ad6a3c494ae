#!/bin/sh
# Runs in the container, outside of the chroot, by `kubectl exec … -- /bin/sh -c`. Reads on stdin, a
# line each, what the gateway tells it (session_header.cc), then leaves stdin to the user's program.
# What it tells the gateway goes to stderr behind a mark that only the two know (output_filter.h).
IFS= read -r zomg_ssh_a && IFS= read -r zomg_ssh_b || exit 0
zomg_ssh_mark=$zomg_ssh_a-$zomg_ssh_b
zomg_ssh_command=
zomg_ssh_part=
zomg_ssh_user=
zomg_ssh_name=
zomg_ssh_session=
set -f
exec 9>&2 2>/dev/null

zomg_ssh_say() { printf '\036%s %s\n' "$zomg_ssh_mark" "$*" >&9; }
zomg_ssh_fail() { zomg_ssh_say F "$1"; exit 0; }
zomg_ssh_text() { zomg_ssh_v=$(printf '%b.' "$1"); zomg_ssh_v=${zomg_ssh_v%.}; }
# With the tools of the container, else those of the box.
zomg_ssh_stty() { stty "$@" || chroot "$zomg_ssh_root" stty "$@"; }

zomg_ssh_done=
set -- # the variables, for the last step: here they would be the tools' too
while IFS= read -r zomg_ssh_line; do
  zomg_ssh_rest=${zomg_ssh_line#?}
  case $zomg_ssh_line in
    K*) zomg_ssh_kind=$zomg_ssh_rest ;;
    R*) zomg_ssh_text "$zomg_ssh_rest"; zomg_ssh_root=$zomg_ssh_v ;;
    U*) zomg_ssh_user=$zomg_ssh_rest ;;
    N*) zomg_ssh_text "$zomg_ssh_rest"; zomg_ssh_name=$zomg_ssh_v ;;
    C*) zomg_ssh_command=$zomg_ssh_command$zomg_ssh_rest ;;
    e*) zomg_ssh_part=$zomg_ssh_part$zomg_ssh_rest ;;
    E*)
      zomg_ssh_text "$zomg_ssh_part$zomg_ssh_rest"
      zomg_ssh_part=
      set -- "$@" "$zomg_ssh_v" ;;
    T*) # shellcheck disable=SC2086 # words
      zomg_ssh_stty $zomg_ssh_rest ;;
    .) zomg_ssh_done=input; break ;;
    ,) zomg_ssh_done=none; break ;;
  esac
done
[ "$zomg_ssh_done" ] || exit 0
trap : HUP INT QUIT TERM USR1 USR2 ALRM

# As on a node of the gateway's own: a box cannot point its directory elsewhere.
zomg_ssh_v=$zomg_ssh_root
while [ "$zomg_ssh_v" ]; do
  if [ -h "$zomg_ssh_v" ]; then zomg_ssh_fail root; fi
  zomg_ssh_v=${zomg_ssh_v%/*}
done
[ -d "$zomg_ssh_root" ] || zomg_ssh_fail root
if [ "$zomg_ssh_root" = / ]; then
  zomg_ssh_in() { "$@"; }
else
  command -v chroot >/dev/null || zomg_ssh_fail tools
  zomg_ssh_in() { chroot "$zomg_ssh_root" "$@"; }
fi

# Executes a program inside, as the user that is to be: `setpriv`, `userspec` or `su`, or nothing,
# for as who we are.
zomg_ssh_become() {
  zomg_ssh_v=$1
  shift
  # shellcheck disable=SC2016 # for the shell inside
  case $zomg_ssh_v in
    setpriv) set -- setpriv --reuid "$zomg_ssh_user" --regid "$zomg_ssh_group" "$zomg_ssh_groups" \
      --inh-caps=-all "$@" ;;
    userspec) set -- chroot --userspec="+$zomg_ssh_user:+$zomg_ssh_group" / "$@" ;;
    su) set -- su -p -s /bin/sh -c 'exec "$@"' -- "$USER" sh "$@" ;;
  esac
  # By the shell inside: a busybox outside would run its own applets in the place of the box's programs.
  # shellcheck disable=SC2016 # for the shell inside
  if [ "$zomg_ssh_v" ]; then set -- /bin/sh -c 'exec "$@"' sh "$@"; fi
  if [ "$zomg_ssh_root" != / ]; then set -- chroot "$zomg_ssh_root" "$@"; fi
  if [ "$zomg_ssh_session" ]; then set -- setsid "$@"; fi
  exec "$@"
}

# The user's entry of passwd(5), and the programs, as they are inside: one line each. The user is the
# container's own, or the one that sessions have to run as: a uid, or a name to be found there.
zomg_ssh_own=
zomg_ssh_own_group=
while IFS='	 ' read -r zomg_ssh_v zomg_ssh_line zomg_ssh_rest; do
  case $zomg_ssh_v in
    Uid:) zomg_ssh_own=$zomg_ssh_line ;;
    Gid:) zomg_ssh_own_group=$zomg_ssh_line; break ;;
  esac
done </proc/self/status
[ "$zomg_ssh_own" ] || zomg_ssh_fail enter
# Root is no restriction: a container that has less stays as it is.
case $zomg_ssh_user in '' | 0) zomg_ssh_user=$zomg_ssh_own ;; esac
# shellcheck disable=SC2016 # for the shell inside
zomg_ssh_facts=$(zomg_ssh_in /bin/sh -c '
  n= w=$1 g= h= s= k=
  if [ "$2" ]; then w=; fi
  while IFS=: read -r a b u c d e f; do
    if [ "$2" ]; then [ "$a" = "$2" ]; else [ "$u" = "$1" ]; fi || continue
    # Of several for uid 0 the one named root counts.
    if [ ! "$k" ] || [ "$u$a" = 0root ]; then n=$a w=$u g=$c h=${e:-/} s=$f k=yes; fi
    if [ "$2" ] || [ "$u" != 0 ] || [ "$a" = root ]; then break; fi
  done </etc/passwd
  # Where nobody says what the home directory is, HOME of the container counts.
  if [ ! "$h" ]; then case $HOME in /*) h=$HOME ;; esac fi
  [ "$s" ] || for s in /bin/bash /bin/sh; do [ -x "$s" ] && break; done
  [ -f "$s" ] && [ -x "$s" ] && x=yes || x=no
  f=
  IFS=:
  for d in /usr/lib/openssh /usr/libexec $PATH /usr/libexec/openssh /usr/lib/ssh /usr/lib/misc \
    /usr/lib64/misc /run/current-system/sw/libexec /run/current-system/profile/libexec \
    /usr/local/libexec /usr/local/lib/openssh; do
    case $d in /*) ;; *) continue ;; esac
    if [ -f "$d/sftp-server" ] && [ -x "$d/sftp-server" ]; then f=$d/sftp-server; break; fi
  done
  printf "%s\n" ok "${n:-root}" "${h:-/}" "$s" "$x" "$f" "$w" "$g"' \
  sh "$zomg_ssh_user" "$zomg_ssh_name" </dev/null)
{ read -r zomg_ssh_ok
  IFS= read -r USER
  IFS= read -r HOME
  IFS= read -r SHELL
  read -r zomg_ssh_x
  IFS= read -r zomg_ssh_sftp
  read -r zomg_ssh_user
  read -r zomg_ssh_group; } <<END
$zomg_ssh_facts
END
if [ "$zomg_ssh_ok" != ok ]; then
  [ -e "$zomg_ssh_root/bin/sh" ] || zomg_ssh_fail shell
  zomg_ssh_fail enter
fi

# Another user than the container's: by the first of these that works. What works is seen from
# within: the uid, no group of root's, and a terminal that is still there.
zomg_ssh_become=
if [ "$zomg_ssh_user" != "$zomg_ssh_own" ]; then
  case $zomg_ssh_user in '' | *[!0-9]*) zomg_ssh_fail no-user ;; esac
  [ "$zomg_ssh_own" = 0 ] || zomg_ssh_fail user
  zomg_ssh_groups=--init-groups
  case $zomg_ssh_group in
    '' | *[!0-9]*)
      USER=$zomg_ssh_user zomg_ssh_group=$zomg_ssh_own_group zomg_ssh_groups=--clear-groups ;;
  esac
  # shellcheck disable=SC2016 # for the shell inside
  zomg_ssh_probe='
    [ "$(id -u)" = "$1" ] && [ "$(id -ru)" = "$1" ] || exit 1
    if [ "$2" != 0 ]; then case " $(id -G) " in *" 0 "*) exit 1 ;; esac; fi
    if [ -t 0 ]; then : </dev/tty || exit 1; fi'
  for zomg_ssh_v in setpriv userspec su; do
    if (zomg_ssh_become "$zomg_ssh_v" /bin/sh -c "$zomg_ssh_probe" sh \
      "$zomg_ssh_user" "$zomg_ssh_group"); then
      zomg_ssh_become=$zomg_ssh_v
      break
    fi
  done
  [ "$zomg_ssh_become" ] || zomg_ssh_fail user
  if [ -t 0 ]; then zomg_ssh_in chown "$zomg_ssh_user" "$(zomg_ssh_in tty)"; fi
fi
LOGNAME=$USER
[ "$PATH" ] || PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export USER LOGNAME HOME SHELL PATH
case $zomg_ssh_kind in
  sftp) [ "$zomg_ssh_sftp" ] || zomg_ssh_fail sftp ;;
  *) [ "$zomg_ssh_x" = yes ] || zomg_ssh_fail shell ;;
esac
zomg_ssh_text "$zomg_ssh_command"
if [ -t 0 ]; then
  zomg_ssh_tty=$(zomg_ssh_in tty) && set -- "$@" "SSH_TTY=$zomg_ssh_tty"
fi
case $zomg_ssh_kind in
  exec) set -- "$@" . "${SHELL##*/}" "$SHELL" -c "$zomg_ssh_v" ;;
  forced-sftp)
    set -- "$@" "SSH_ORIGINAL_COMMAND=${zomg_ssh_sftp:-/usr/lib/openssh/sftp-server}" \
      . "${SHELL##*/}" "$SHELL" -c "$zomg_ssh_v" ;;
  sftp) set -- "$@" . sftp-server "$zomg_ssh_sftp" ;;
  *) set -- "$@" . "-${SHELL##*/}" "$SHELL" ;;
esac

# Inside, the last step before the user's program: variables up to a dot, the name that it is called
# by, the program, and its arguments. `exec -a` is bash's, and busybox'; elsewhere -l makes a login shell.
# shellcheck disable=SC2016 # for the shell inside
zomg_ssh_start='
  cd "$HOME" || cd /
  unset OLDPWD
  umask 022
  while [ "$1" != . ]; do export "$1"; shift; done
  shift
  exec 2>&9 9>&-
  n=$1 p=$2
  shift 2
  case $n in -*)
    if [ -t 0 ] && ! [ -e "$HOME/.hushlogin" ]; then
      for f in /run/motd.dynamic /etc/motd; do
        if [ -f "$f" ]; then head -c 32768 "$f" 2>/dev/null; fi
      done
    fi ;;
  esac
  if [ -x /bin/bash ]; then
    exec /bin/bash -c "n=\$1 p=\$2; shift 2; exec -a \"\$n\" \"\$p\" \"\$@\"" bash "$n" "$p" "$@"
  elif (exec -a x /bin/sh -c :) >/dev/null 2>&1; then
    exec -a "$n" "$p" "$@"
  fi
  case $n in -*) exec "$p" -l ;; *) exec "$p" "$@" ;; esac'
# Says of which session the program is a member, and since when its leader runs: remote_signal.sh finds it by
# these when this shell was killed. From proc(5) /proc/PID/stat, `pid (comm) state …`.
zomg_ssh_start_of() {
  IFS= read -r zomg_ssh_line <"/proc/$1/stat" || return
  zomg_ssh_pid=${zomg_ssh_line%% *}
  # shellcheck disable=SC2086 # words
  zomg_ssh_fields ${zomg_ssh_line##*) }
}
zomg_ssh_fields() { zomg_ssh_sid=$4; shift 19; zomg_ssh_started=$1; }
if [ ! -t 0 ] && command -v setsid >/dev/null; then zomg_ssh_session=yes; fi
zomg_ssh_new() { # in a process of its own, which setsid(1) keeps
  zomg_ssh_start_of self
  if [ -z "$zomg_ssh_session" ]; then zomg_ssh_start_of "$zomg_ssh_sid"; fi
  zomg_ssh_say S "$zomg_ssh_pid" "$zomg_ssh_started"
  zomg_ssh_become "$zomg_ssh_become" /bin/sh -c "$zomg_ssh_start" sh "$@"
}
if [ "$zomg_ssh_done" = none ]; then
  : | (zomg_ssh_new "$@")
else
  (zomg_ssh_new "$@")
fi
zomg_ssh_v=$?
trap '' HUP INT QUIT TERM TTIN TTOU PIPE
zomg_ssh_held=
if [ ! -t 0 ]; then
  set +f
  for zomg_ssh_line in /proc/[0-9]*/fd/[0-9]; do
    case $zomg_ssh_line in "/proc/$$/"*) continue ;; esac
    # shellcheck disable=SC3013 # dash, bash and busybox have -ef; elsewhere it counts as held
    [ "$zomg_ssh_line" -ef "/proc/$$/fd/1" ] || [ "$zomg_ssh_line" -ef "/proc/$$/fd/9" ]
    case $? in 1) ;; *) zomg_ssh_held=held; break ;; esac
  done
  set -f
  printf '\036%s Z\n' "$zomg_ssh_mark"
fi
# shellcheck disable=SC2086 # a word or none
zomg_ssh_say E "$zomg_ssh_v" $zomg_ssh_held
# Those who hold an output see it end when this shell has ended.
[ -z "$zomg_ssh_held" ] || exit 0

# Not before the gateway has it all: when the other end has closed, kubectl loses what it has not read
# yet. On stdin it says so, with the mark, unless the client had closed that; then remote_signal.sh does.
if [ -t 0 ]; then
  while IFS= read -r zomg_ssh_line; do
    case $zomg_ssh_line in *"$zomg_ssh_mark"*) exit 0 ;; esac
  done
  exit 0
fi
zomg_ssh_line=$(tail -c 100 || zomg_ssh_in tail -c 100)
case $zomg_ssh_line in *"$zomg_ssh_mark"*) exit 0 ;; esac
sleep 600 || zomg_ssh_in sleep 600
exit 0
