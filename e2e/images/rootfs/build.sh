#!/bin/sh
# Makes rootfs.tar: the file system of an image with the contract of a proxy's official one (same
# users, folders, entry point and kind of tools), out of the packages of the Debian it runs on.
#
#   build.sh debian|bash|busybox|holder WORKDIR
#
# debian    what official Debian-based images have: bash, perl-base, coreutils, util-linux
# bash      the same without perl
# busybox   what official Alpine-based images have: one busybox with all its applets
# holder    the same with nft, as examples/holder makes it of an official image
#
# Beside this script lies the proxy's contract.sh. It names Debian's packages that the image needs
# whatever its flavour, and its function contract makes of the file system what is promised.
#
# Nothing is installed but a missing compiler, and only for busybox. apt works on a state of its
# own in WORKDIR, so package lists need not exist here, nor be fresh, and stay as they are.
set -eu

flavour=$1
work=$(cd "$2" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
root=$work/root

. "$here/contract.sh"

main() {
  apt_state
  merged_usr
  case $flavour in
    busybox)
      unpack $packages
      applets
      ;;
    holder)
      unpack $packages nftables
      applets
      ;;
    bash)
      unpack $packages $(shell_packages)
      names
      ;;
    debian)
      unpack $packages $(shell_packages) perl-base
      names
      ;;
    *) fail "unknown flavour $flavour: want debian, bash, busybox or holder" ;;
  esac
  folders
  users
  contract
  pack
}

# The part of a Debian base image that a session in a container may call.
shell_packages() {
  echo base-files bash coreutils dash debianutils diffutils findutils grep gzip hostname \
    libc-bin mawk ncurses-base sed tar util-linux
}

# apt's sources are those of this machine, with the source packages added.
apt_state() {
  mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/apt/parts"
  : > "$work/apt/sources.list"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ ! -f "$file" ] || sed 'p; s/^deb /deb-src /; t; d' "$file" > "$work/apt/parts/$(basename "$file" .list)-copy.list"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [ ! -f "$file" ] || sed 's/^Types:.*/Types: deb deb-src/' "$file" > "$work/apt/parts/$(basename "$file")"
  done
  # One broken source of this machine need not matter: what is missing fails by name later on.
  apt_get update > "$work/update.log" 2>&1 || cat "$work/update.log" >&2
}

apt_options() {
  echo "-o Dir::Etc::SourceList=$work/apt/sources.list -o Dir::Etc::SourceParts=$work/apt/parts" \
    "-o Dir::State::Lists=$work/apt/lists -o Dir::Cache=$work/apt -o APT::Sandbox::User=$(id -un)" \
    "-o Acquire::Retries=3 -o Acquire::Languages=none"
}

apt_get() { apt-get $(apt_options) -qq "$@"; }

# Debian keeps programs and libraries below /usr and links the old places there.
merged_usr() {
  for dir in bin sbin lib lib64; do
    mkdir -p "$root/usr/$dir"
    ln -s "usr/$dir" "$root/$dir"
  done
}

# unpack downloads packages with the libraries they need, and unpacks them without their scripts.
unpack() {
  mkdir -p "$work/debs"
  (cd "$work/debs" && apt_get download $(with_libraries "$@"))
  for deb in "$work"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink
  done
  (cd "$root/usr/share" && rm -rf bash-completion doc info lintian locale man)
}

# with_libraries follows dependencies, but only into libraries: the rest is for a whole system.
with_libraries() {
  found=
  while [ "$found" != "$*" ]; do
    found=$*
    set -- $({ printf '%s\n' "$@" && libraries_of "$@"; } | sort -u)
  done
  echo "$@"
}

libraries_of() {
  apt-cache $(apt_options) depends --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances "$@" | sed -nE 's/^ [ |](Pre)?Depends: (lib[^:<>]+)$/\2/p'
}

# names gives the names that Debian's maintainer scripts would.
names() {
  ln -sf dash "$root/usr/bin/sh"
  ln -sf mawk "$root/usr/bin/awk"
  ln -sf which.debianutils "$root/usr/bin/which"
}

# applets compiles busybox from Debian's source package, since Debian's binary lacks flock and
# fsync, which Alpine's has.
applets() {
  tools
  (cd "$work" && apt_get source --download-only busybox && dpkg-source -x busybox_*.dsc busybox) > "$work/source.log" 2>&1 ||
    fail "get the source of busybox" "$work/source.log"
  cp "$here/busybox.config" "$work/busybox/.wanted"
  (cd "$work/busybox" && configure && make -j"$(nproc)" busybox) > "$work/busybox.log" 2>&1 ||
    fail "compile busybox" "$work/busybox.log"
  install -m 755 "$work/busybox/busybox" "$root/usr/bin/busybox"
  for applet in $("$root/usr/bin/busybox" --list); do
    ln -sf busybox "$root/usr/bin/$applet"
  done
}

tools() {
  missing=
  for tool in gcc make dpkg-source bzip2 xz patch; do
    command -v $tool > /dev/null || missing=yes
  done
  if [ -n "$missing" ] || [ ! -e /usr/include/crypt.h ]; then
    DEBIAN_FRONTEND=noninteractive apt_get install -y --no-install-recommends \
      gcc make libc6-dev libcrypt-dev dpkg-dev bzip2 xz-utils patch > "$work/tools.log" 2>&1 ||
      fail "install a compiler" "$work/tools.log"
  fi
}

# configure turns the default configuration into the wanted one; a later line wins.
configure() {
  make defconfig
  sed -E 's/^# (.*) is not set$/\1=n/' .wanted | while IFS='=' read -r key value; do
    case $key in CONFIG_*) ;; *) continue ;; esac
    sed -i -E "/^(# )?$key( is not set|=.*)\$/d" .config
    echo "$key=$value" >> .config
  done
  yes '' | make oldconfig
}

# folders are those of every image.
folders() {
  mkdir -p "$root/etc" "$root/tmp" "$root/run" "$root/proc" "$root/sys" "$root/dev" \
    "$root/var" "$root/usr/local/bin"
  ln -sfn ../run "$root/var/run"
  chmod 1777 "$root/tmp"
}

users() {
  cat > "$root/etc/passwd" <<-END
	root:x:0:0:root:/root:/bin/sh
	nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
	END
  printf 'root:x:0:\nnogroup:x:65534:\n' > "$root/etc/group"
  echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
}

# own gives a folder (as ./name) to a user and the group with the same number.
own() { echo "$1 $2" >> "$work/owned"; }

# pack gives the files to root, and what is owned to its owner, whoever runs this script. What it
# was made of goes: the engine need not be sent it.
pack() {
  touch "$work/owned"
  cut -d ' ' -f 2 "$work/owned" > "$work/excluded"
  tar -c -f "$work/rootfs.tar" -C "$root" --owner=0 --group=0 --exclude-from="$work/excluded" .
  while read -r user folder; do
    tar -r -f "$work/rootfs.tar" -C "$root" --owner="$user" --group="$user" "$folder"
  done < "$work/owned"
  rm -rf "$root" "$work/apt" "$work/debs" "$work/busybox" "$work"/busybox_*
}

fail() {
  echo "build.sh: $1" >&2
  [ -z "${2:-}" ] || tail -n 30 "$2" >&2
  exit 1
}

main
