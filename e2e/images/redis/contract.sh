# Redis of Debian's package, without its settings; read by build.sh.
packages="redis-server redis-tools"

contract() { rm -rf "$root/etc/redis" "$root/etc/init.d" "$root/etc/default"; }
