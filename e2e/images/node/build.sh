#!/bin/sh
# Makes rootfs.tar: a small Debian of one suite with that suite's Docker Engine, to be a node of a
# swarm in a container.
#
#   build.sh SUITE WORKDIR
#
# It runs as root, since the packages' own scripts run in it. Nothing is installed but a missing
# debootstrap. apt works on a state of its own in WORKDIR, so package lists need not exist here.
set -eu

suite=$1
work=$(cd "$2" && pwd)
root=$work/root

main() {
  [ "$(id -u)" = 0 ] || fail "only root can make a Debian in a folder"
  mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial"
  apt_get update > "$work/apt.log" 2>&1 || cat "$work/apt.log" >&2
  command -v debootstrap > /dev/null || apt_get install -y --no-install-recommends debootstrap > "$work/apt.log" 2>&1 ||
    fail "install debootstrap" "$work/apt.log"
  from=$(mirror)
  [ -n "$from" ] || fail "find the mirror: this machine's apt names none of Debian"
  bootstrap > "$work/bootstrap.log" 2>&1 || fail "make a Debian $suite" "$work/bootstrap.log"
  pack
}

apt_options() {
  echo "-o Dir::State::Lists=$work/apt/lists -o Dir::Cache=$work/apt -o APT::Sandbox::User=root -o Acquire::Retries=3"
}

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get $(apt_options) -qq "$@"; }

# mirror is the one that this machine takes its own packages from.
mirror() {
  apt-get $(apt_options) indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' | head -n 1
}

# bootstrap mounts in a name space of its own: whatever interrupts it, no mount stays behind.
bootstrap() {
  eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
  export http_proxy="${http_proxy:-}"
  unshare --mount debootstrap --variant=minbase --include="$(packages)" "$suite" "$root" "$from"
}

# The client is a part of docker.io up to bookworm, and a package of its own since.
packages() {
  case $suite in
    bookworm) echo docker.io,iproute2,iptables ;;
    *) echo docker.io,docker-cli,iproute2,iptables ;;
  esac
}

# pack leaves nothing else: what it was made of need not be sent to the engine.
pack() {
  (cd "$root" && rm -rf var/cache/apt/* var/lib/apt/lists/* usr/share/doc usr/share/man usr/share/locale)
  tar -c -f "$work/rootfs.tar" -C "$root" --one-file-system --exclude='./dev/*' .
  rm -rf "$root" "$work/apt"
}

fail() {
  echo "build.sh: $1" >&2
  [ -z "${2:-}" ] || tail -n 30 "$2" >&2
  exit 1
}

main
