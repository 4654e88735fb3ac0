# The agent of a session, for images without perl: bash with util-linux and
# coreutils (Debian), or busybox (Alpine). The protocol is that of agent.pl;
# see protocol.go. Descriptor 9 is the lock, and whatever may take its time is
# started without it (9>&-): a process that outlived us would keep the lock.
set -uf
umask 022
LC_ALL=C
export LC_ALL

idle=60     # seconds without a request; the client pings more often
patience=10 # seconds for the proxy's answer
locked=     # "yes" while we hold the lock

# answer closes a request. The empty line ends a payload whose last line lacks
# its end; the client skips it.
answer() { printf '\n=%s\n' "$*"; }

fail() {
  answer "err $*"
  return 1
}

quoted() { sed 's/^/ /' 9>&-; }

# --- files ---

make_dir() { [ -d "$dir" ] || mkdir "$dir" 2>/dev/null 9>&- || fail io "make directory $dir: $(why mkdir "$dir")"; }

# why repeats a command that failed, for its message alone.
why() { "$@" 2>&1 9>&- | sed -n '1s/.*: //p' 9>&-; }

# flush makes a file or directory durable. Busybox has fsync; the sync of
# coreutils takes files, and one that does not flushes everything.
flush() { fsync "$1" 2>/dev/null 9>&- || sync "$1" 2>/dev/null 9>&- || fail io "fsync $1"; }

# take copies exactly $1 bytes of stdin to where the further arguments say.
take() {
  bytes=$1
  shift
  dd bs="$bytes" count=1 iflag=fullblock "$@" 2>/dev/null 9>&-
}

read_files() {
  for file; do
    if [ -e "$file" ]; then
      if [ -d "$file" ] || [ ! -r "$file" ]; then
        fail io "read $file: it is a directory, or permission is denied"
        return
      fi
      printf '+%s\n' "$file"
      quoted <"$file"
      echo
    else
      printf -- '-%s\n' "$file"
    fi
  done
  answer ok
}

# create makes sure that $1 can be written, or swallows the $2 bytes that were
# to go there. "command" keeps a failure from ending the shell.
create() { # FILE BYTES [UMASK]
  if make_dir && umask "${3:-022}" && { command : >>"$1"; } 2>/dev/null; then umask 022; return; fi
  umask 022
  take "$2" of=/dev/null
  [ ! -d "$dir" ] || fail io "write $1: $({ command : >>"$1"; } 2>&1 | sed -n '1s/.*: //p')"
  return 1
}

# write_file replaces a file in one step: whoever reads it sees all or nothing.
write_file() { replace "$1" "$2" "$1.$$.tmp" 022; }

# seal_file is write_file for what nobody else may read.
seal_file() { replace "$1" "$2" "$1.$$.tmp" 077; }

# place_file is seal_file for a directory that the proxy watches: the
# temporary file lies with the state, so that the one rename is all that
# happens there.
place_file() {
  [ -d "${1%/*}" ] || mkdir "${1%/*}" 2>/dev/null 9>&-
  replace "$1" "$2" "$dir/${1##*/}.$$.tmp" 077
}

replace() { # FILE BYTES TEMPORARY UMASK
  temporary=$3
  create "$temporary" "$2" "$4" || return
  take "$2" of="$temporary" conv=fsync || { fail io "write $temporary"; return; }
  mv -f "$temporary" "$1" 2>/dev/null 9>&- || { fail io "rename $temporary to $1"; return; }
  flush "${1%/*}" || return
  quoted <"$1"
  answer ok
}

# append_file adds one line; a line that a crash has left torn keeps to itself.
append_file() {
  create "$1" "$2" || return
  line=$(take "$2")
  if [ -n "$(tail -c 1 "$1" 9>&-)" ]; then line="
$line"; fi
  printf '%s\n' "$line" >>"$1" || { fail io "append to $1"; return; }
  flush "$1" && flush "${1%/*}" || return
  answer "ok $(($(wc -l <"$1" 9>&-)))"
}

remove_files() {
  for file; do
    rm -f "$file" 2>/dev/null 9>&- || { fail io "remove $file: $(why rm "$file")"; return; }
  done
  answer ok
}

# --- lock ---

holder() { if [ -e "$dir/holder.json" ]; then read -r json <"$dir/holder.json" && printf '%s' "$json"; fi; }

acquire() { # WAIT HOLDER
  make_dir || return
  [ "$locked" ] || take_lock "$1" || return
  said=$(exec 9>&- 2>&1 && sign "$2") || {
    fail io "write $dir/holder.json: ${said##*: }"
    return
  }
  answer ok
}

# sign says who holds the lock.
sign() { # HOLDER
  printf '%s\n' "$1" >"$dir/holder.json.$$.tmp" && mv -f "$dir/holder.json.$$.tmp" "$dir/holder.json"
}

take_lock() { # SECONDS
  [ -e "$dir/lock" ] || { command : >>"$dir/lock"; } 2>/dev/null
  [ -r "$dir/lock" ] || { fail io "open $dir/lock: Permission denied"; return; }
  exec 9<"$dir/lock"
  seen=
  if wait_for_lock "$1"; then
    locked=yes
  else
    exec 9<&-
    fail locked "${seen:-$(holder)}"
  fi
}

# Even without waiting it is tried for 2 s: a probe (see held) takes the
# lock for an instant, and a client that was just killed has left an agent
# that is about to notice. It is no chance to overtake: a holder that has
# ended well takes its name away (see bye), and what the caller knew when it
# was started is not true any more.
wait_for_lock() { # SECONDS
  clock
  limit=$((now + 200))
  until flock -n 9; do
    name=$(holder)
    seen=${name:-$seen}
    clock
    if [ "$now" -ge "$limit" ]; then
      [ "$1" -gt 0 ] && outwait "$1"
      return
    fi
    sleep 0.1 9>&-
  done
  [ "$1" -gt 0 ] || [ -z "$seen" ] || [ "$seen" = "$(holder)" ]
}

# clock tells how long the machine has been up, in hundredths of a second. The
# waits go by it and not by a count of tries: on a busy machine each program
# that a try starts takes its time, and the client's patience has an end.
clock() { read -r now _ </proc/uptime && now=${now%.*}${now#*.}; }

# outwait waits for the lock. Busybox's flock cannot give up after a time, and
# one left behind by a client that gave up would take the lock for nobody.
outwait() { # SECONDS
  case $(flock -h 2>&1 9>&-) in
    *BusyBox*) ;;
    *)
      flock -w "$1" 9
      return
      ;;
  esac
  clock
  limit=$((now + $1 * 100))
  until flock -n 9; do
    clock
    [ "$now" -lt "$limit" ] || return
    sleep 0.1 9>&-
  done
}

held() {
  if [ ! -e "$dir/lock" ] || (exec 8<"$dir/lock" && flock -n -s 8) 9>&-; then
    answer ok free
  else
    holder | quoted
    answer ok held
  fi
}

# --- the proxy ---

# conclude answers for a conversation with a port by its exit status.
conclude() { # STATUS PORT
  case $1 in
    0) answer ok ;;
    124 | 143) fail refused "127.0.0.1:$2: no answer for $patience s" ;;
    *) fail refused "connect to 127.0.0.1:$2: Connection refused" ;;
  esac
}

# ask sends one command to the proxy's port on the loopback interface, since
# neither bash nor every busybox can talk to a unix socket.
ask() { # PATH PORT COMMAND
  if [ "$kind" = bash ]; then
    { exec 8<>"/dev/tcp/127.0.0.1/$2"; } 2>/dev/null || { fail refused "connect to 127.0.0.1:$2: Connection refused"; return; }
    printf '%s\n' "$3" >&8
    timeout "$patience" sed 's/^/ /' <&8 9>&-
    status=$?
    exec 8<&- 8>&-
  else
    said=$(exec 9>&- && printf '%s\n' "$3" | timeout "$patience" nc 127.0.0.1 "$2" 2>/dev/null)
    status=$?
    printf '%s\n' "$said" | quoted
  fi
  conclude "$status" "$2"
}

# talk sends bytes to a port on the loopback interface. Neither way closes
# its end first: a server may take that for a client that has gone. Busybox's
# nc would wait for the end of its stdin too, but hands the connection on.
talk() { # PORT BYTES
  if [ "$kind" = bash ]; then
    { exec 8<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || { take "$2" of=/dev/null; fail refused "connect to 127.0.0.1:$1: Connection refused"; return; }
    take "$2" >&8
    timeout "$patience" sed 's/^/ /' <&8 9>&-
  else
    create "$dir/talk.$$.tmp" "$2" || return
    take "$2" of="$dir/talk.$$.tmp"
    exec 8<>"$dir/talk.$$.tmp"
    rm -f "$dir/talk.$$.tmp" 9>&-
    hand_on "$1" && tail -c "+$(($2 + 1))" "/proc/$$/fd/8" | quoted
  fi
  status=$?
  exec 8<&- 8>&-
  conclude "$status" "$1"
}

# hand_on sends the file of descriptor 8 to a port, and appends the answer to
# it. Its clock is read: busybox's timeout leaves a process behind each time,
# which a proxy that is the container's first process may never bury.
hand_on() { # PORT
  mkfifo "$dir/done.$$.tmp" 9>&- || return
  exec 7<>"$dir/done.$$.tmp"
  rm -f "$dir/done.$$.tmp" 9>&-
  (
    exec 9>&-
    nc 127.0.0.1 "$1" -e sh -c 'cat <&8; exec cat >&8' 2>/dev/null 7>&-
    echo "$?" >&7
  ) &
  read -r -t "$patience" code <&7 || { code=124; kill "$!"; }
  wait "$!"
  exec 7<&- 7>&-
  return "$code"
}

# reach tells whether a host accepts connections on a port.
reach() { # HOST PORT
  if [ "$kind" = bash ]; then
    timeout 2 bash -c ': 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null 9>&-
  else
    nc -z -w 2 "$1" "$2" >/dev/null 2>&1 </dev/null 9>&-
  fi
  case $? in
    0) answer ok ;;
    *) fail refused "connect to $1:$2: no connection within 2 s" ;;
  esac
}

run() {
  said=$(exec 9>&- && "$@" 2>&1 </dev/null)
  status=$?
  [ -z "$said" ] || printf '%s\n' "$said" | quoted
  answer "ok $status"
}

signal() { # SIGNAL PID
  if said=$(kill -s "$1" "$2" 2>&1); then answer ok; else fail io "send $1 to process $2: ${said##*: }"; fi
}

# --- requests ---

handle() {
  verb=${request%% *}
  rest=${request#"$verb"}
  rest=${rest# }
  case $verb in
    ping) answer ok ;;
    read) read_files $rest ;;
    write) write_file $rest ;;
    seal) seal_file $rest ;;
    place) place_file $rest ;;
    append) append_file $rest ;;
    remove) remove_files $rest ;;
    lock) acquire "${rest%% *}" "${rest#* }" ;;
    held) held ;;
    ask)
      path=${rest%% *}
      rest=${rest#* }
      ask "$path" "${rest%% *}" "${rest#* }"
      ;;
    talk) talk $rest ;;
    reach) reach $rest ;;
    run) run $rest ;;
    kill) signal $rest ;;
    bye)
      # The holder takes its name away, which a killed one cannot.
      [ -z "$locked" ] || rm -f "$dir/holder.json" 9>&-
      exec 9<&-
      answer ok
      exit
      ;;
    *) fail unknown "$verb" ;;
  esac
}

greet() {
  kind=busybox
  [ -z "${BASH_VERSION:-}" ] || kind=bash
  missing=
  for tool in flock mv rm mkdir dd sed tail wc sync timeout; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
  done
  [ "$kind" = bash ] || command -v nc >/dev/null || missing="$missing nc"
  read -r -t 1 _ </dev/null 2>/dev/null
  [ $? -le 1 ] || missing="$missing bash"
  if [ -n "$missing" ]; then
    answer err missing "$missing"
    exit 1
  fi
  if [ -n "$dir" ]; then answer ok bluegreen 1 "$kind" "$dir"; else answer err nostate; fi
}

dir=$1
shift
for candidate; do
  if [ -e "$candidate/project.json" ]; then
    dir=$candidate
    break
  fi
done
greet
while IFS= read -r -t "$idle" request; do handle; done
