#!/bin/sh
# As in the official image: options alone mean traefik, and so does one of its subcommands.
# Anything else runs as it is.
set -e
case $1 in
  -* | healthcheck | version) exec traefik "$@" ;;
esac
exec "$@"
