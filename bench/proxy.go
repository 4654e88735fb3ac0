package main

import (
	"context"

	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

// proxy is what a project is measured behind.
type proxy struct {
	name            string
	image           func(context.Context, images.Flavour, ...images.Option) (string, error)
	command, volume string
	own             func() seriesProject // whose settings are the user's own
}

var proxies = map[string]proxy{
	"haproxy": {"HAProxy", images.HAProxy, "haproxy -W -db -f /var/lib/haproxy/haproxy.cfg", "/var/lib/haproxy", ownHAProxy},
	"traefik": {"Traefik", images.Traefik, "--configFile=/var/lib/traefik/traefik.yml", "/var/lib/traefik", ownTraefik},
}
