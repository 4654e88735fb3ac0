#!/bin/sh
# Builds Traefik from its module, as the version in go.mod, for Linux: WORKDIR/traefik.
#
#   build.sh WORKDIR
#
# It differs from a released Traefik in two things that tests do not need: DNS providers for
# certificates, and the dashboard's pages (the API behind them is there). The work is done in
# WORKDIR, so nothing appears beside the sources; the first time takes minutes.
set -eu

work=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)

main() {
  cp -R "$here/go.mod" "$here/go.sum" "$here/ext" "$work"
  lego
  cd "$work"
  # As the release stamps it: without the v. exec: an interrupt has to end the compiler.
  version=$(required github.com/traefik/traefik/v3)
  exec env CGO_ENABLED=0 GOOS=linux go build -trimpath -buildvcs=false -o traefik \
    -ldflags "-s -w -X github.com/traefik/traefik/v3/pkg/version.Version=${version#v}" \
    github.com/traefik/traefik/v3/cmd/traefik
}

# lego copies the module, for its DNS providers have to go, and the module cache stays as it is.
lego() {
  module=github.com/go-acme/lego/v5
  # In / no go.mod says that the module is to be had in the copy.
  source=$(cd / && go mod download -json "$module@$(required $module)" | sed -n 's/.*"Dir": "\(.*\)",*$/\1/p')
  rm -rf "$work/lego"
  cp -R "$source" "$work/lego"
  chmod -R u+w "$work/lego"
  rm -rf "$work/lego/providers/dns"
  cp -R "$here/dns" "$work/lego/providers/dns"
}

# required prints the version of a module that go.mod wants.
required() { sed -n "s|^.*$1 \(v[^ ]*\).*|\1|p" "$here/go.mod" | head -n 1; }

main
