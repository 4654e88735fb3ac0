# Relays between its stdin and stdout and a port of the loopback interface, or of
# another host, by the tools that the proxy's image has (see boot.sh), until
# either side ends. It begins with a line of its own when it is connected.
relay=$1 port=$2 host=${3:-127.0.0.1}
if command -v perl >/dev/null 2>&1; then
  exec perl -e "$relay" "$port" "$host"
elif command -v bash >/dev/null 2>&1; then
  # The shell becomes what reads, so that the end of either ends both. What runs
  # in the background has no stdin but by another number.
  exec bash -c 'exec 3<>"/dev/tcp/$2/$1" 4<&0 || exit; echo connected; { cat <&4 >&3; kill $$; } & exec cat <&3' bluegreen-relay "$port" "$host"
else
  # Busybox's nc would wait for the end of its stdin too, but hands the connection
  # on: to a shell that becomes what reads, as above. Its cat would have the kernel
  # send from the socket into the pipe (sendfile), which keeps whoever reads the
  # pipe from what is in it already, until the socket has something.
  exec 8<&0 7>&1
  nc "$host" "$port" -e sh -c 'echo connected >&7; { dd bs=64k <&8; kill $$; } 2>/dev/null & exec dd bs=64k >&7 2>/dev/null' ||
    echo "connect to $host:$port: Connection refused" >&2
fi
