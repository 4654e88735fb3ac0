#!/bin/sh
# As in the official image: options alone mean haproxy, and haproxy runs as master and worker in
# the foreground. Anything else runs as it is.
set -e
case $1 in
  -*) exec haproxy -W -db "$@" ;;
  haproxy) shift && exec haproxy -W -db "$@" ;;
esac
exec "$@"
