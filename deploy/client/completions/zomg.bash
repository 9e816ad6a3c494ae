# bash completion of zomg(1)                                                   -*- shell-script -*-

_zomg() {
  local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W 'ssh sftp scp ssh-config boxes profile' -- "$current")
    return
  fi
  case $command in
    ssh | sftp)
      [ "$COMP_CWORD" = 2 ] || return
      mapfile -t COMPREPLY < <(compgen -W "$(zomg boxes 2>/dev/null)" -- "$current")
      ;;
    ssh-config)
      mapfile -t COMPREPLY < <(compgen -W "$(zomg boxes 2>/dev/null)" -- "$current")
      ;;
    scp)
      mapfile -t COMPREPLY < <(compgen -f -- "$current"
        compgen -S : -W "$(zomg boxes 2>/dev/null)" -- "$current")
      compopt -o nospace
      ;;
    profile)
      mapfile -t COMPREPLY < <(
        compgen -W 'gateway_host port project ssh_host deploy_ssh_host' -- "$current")
      ;;
  esac
}
complete -F _zomg zomg
