# What the official HAProxy image promises whichever its base is; read by build.sh.
packages=haproxy

contract() {
  rm -rf "$root/etc/haproxy" "$root/var/lib/haproxy"
  mkdir -p "$root/var/lib/haproxy" "$root/usr/local/etc/haproxy"
  own 99 ./var/lib/haproxy
  echo 'haproxy:x:99:99::/var/lib/haproxy:/bin/sh' >> "$root/etc/passwd"
  echo 'haproxy:x:99:' >> "$root/etc/group"
  install -m 755 "$here/docker-entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
}
