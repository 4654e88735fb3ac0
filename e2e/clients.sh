#!/bin/sh
# Lays the oldest client of Docker that is promised beside the installed one: 20.10, out of Debian
# bookworm's package docker.io. Nothing is installed; apt works on a state of its own.
#
#   clients.sh DIRECTORY      makes DIRECTORY/docker-20.10
set -eu

mkdir -p "$1"
target=$(cd "$1" && pwd)/docker-20.10

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/parts"
# Of this machine's sources only where they lie is taken, and only bookworm's packages.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null |
  sed -nE 's/^(URIs:|deb( \[[^]]*\])?) *(https?:[^ ]*\/debian)\/?( .*|$)/\3/p' | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} bookworm main" > "$work/sources.list"

apt_get() {
  apt-get -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts="$work/parts" \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work" -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::Retries=3 -o Acquire::Languages=none -qq "$@"
}

apt_get update
(cd "$work" && apt_get download docker.io/bookworm)
dpkg-deb -x "$work"/docker.io_20.10.*.deb "$work/root"
install -m 755 "$work/root/usr/bin/docker" "$target"
