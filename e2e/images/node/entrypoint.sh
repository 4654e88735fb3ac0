#!/bin/sh
# Runs Docker Engine in a container that is not privileged but may mount. /run/cluster is a folder
# of who started the node: the engine's socket is to be there, and a lease that he has locked.
set -eu

# The engine writes to the control groups of its containers, which Docker mounts read-only.
awk '$2 ~ "^/sys/fs/cgroup" { print $2 }' /proc/mounts | sort -u | while read -r mounted; do
  mount -o remount,bind,rw "$mounted"
done

# Who started the node may be killed; the lock is free then, and the node does not run on.
(flock --shared /run/cluster/lease true && kill 1) &

exec dockerd --host "unix:///run/cluster/$(hostname).sock" --storage-driver overlay2 "$@"
