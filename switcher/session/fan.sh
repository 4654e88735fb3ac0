# Asks many proxies at once, from the control task of a Swarm. A request is a
# line "ID HOST PORT TEXT"; each is answered by a process of its own, with lines
# "ID TEXT" and at last "ID=ok" or "ID=err WHY", whenever it has its answer. It
# runs in bash, which opens connections itself, or in busybox, which has nc.
set -uf
LC_ALL=C
export LC_ALL

# tell hands the answer on, line by line: what is written at once, up to 4 KiB,
# is not mixed with what others write (pipe(7), PIPE_BUF). A shell would read a
# connection byte by byte.
tell() { awk -v id="$1" '{ print id, $0; fflush() }'; }

# ask passes one text on and tells the answer. A connection that cannot be made
# is told by the shell itself, whose words do not matter.
ask() { # ID HOST PORT TEXT
  if [ -n "${BASH_VERSION:-}" ]; then
    { printf '%s\n' "$4" >&3 && tell "$1" <&3; } 2>/dev/null 3<>"/dev/tcp/$2/$3"
  else
    printf '%s\n' "$4" | nc "$2" "$3" 2>/dev/null | tell "$1"
  fi
}

answer() { # ID HOST PORT TEXT
  if ask "$@"; then printf '%s=ok\n' "$1"; else printf '%s=err no connection to %s\n' "$1" "$2"; fi
}

printf '=ok bluegreen-fan\n'
while read -r id host port text; do
  answer "$id" "$host" "$port" "$text" </dev/null &
done
# Whoever asked is gone: connections that hang are of no use any more.
kill $(jobs -p) 2>/dev/null
exit 0
