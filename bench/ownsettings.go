package main

import (
	"context"
	"fmt"
	"strings"
)

// certificateFile holds certificate and key, beside the Compose file.
const certificateFile = "site.pem"

// haproxyPreface is how a user's own settings of HAProxy begin.
const haproxyPreface = `global
    log stdout format raw local0
    maxconn 4000

defaults
    mode http
    option idle-close-on-response
    timeout connect 3s
    timeout client 1m
    timeout server 1m
    timeout tunnel 1h

`

// haproxyListens adds to the lines that `docker bluegreen config` prints where
// the user's own frontends listen.
var haproxyListens = strings.NewReplacer(
	"\nfrontend port_80\n", "\nfrontend port_80\n    bind :80\n",
	"\nfrontend port_443\n", "\nfrontend port_443\n    bind :443 ssl crt /site.pem alpn h2,http/1.1\n",
	"\nfrontend port_5432\n", "\nfrontend port_5432\n    mode tcp\n    bind :5432\n",
)

// ownHAProxy is a project behind an HAProxy that ends TLS, by the user's own settings.
func ownHAProxy() seriesProject {
	return seriesProject{
		Secure:  true,
		Command: "haproxy -W -db -f /usr/local/etc/haproxy/haproxy.cfg -x /var/lib/haproxy/bluegreen/admin.sock",
		Volumes: `"./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro", "./site.pem:/site.pem:ro", "bluegreen:/var/lib/haproxy"`,
		files:   map[string]string{"haproxy.cfg": haproxyPreface},
		settle: func(ctx context.Context, p *project) error {
			lines, err := p.run(ctx, "docker", "bluegreen", "config", "--proxy")
			if err != nil {
				return fmt.Errorf("ask for the lines to add: %w", err)
			}
			return p.write("haproxy.cfg", haproxyPreface+haproxyListens.Replace(lines))
		},
	}
}

// ownTraefik is a project behind a Traefik that ends TLS, by the user's own flags.
func ownTraefik() seriesProject {
	flags := []string{
		"--entrypoints.web.address=:80", "--entrypoints.raw.address=:5432",
		"--entrypoints.secure.address=:443", "--entrypoints.secure.http.tls=true",
		"--entrypoints.bluegreen.address=127.0.0.1:61919", "--api=true", "--global.checknewversion=false",
		"--providers.file.directory=/etc/traefik/dynamic", "--providers.providersthrottleduration=0s",
	}
	return seriesProject{
		Secure:  true,
		Command: `["` + strings.Join(flags, `", "`) + `"]`,
		Volumes: `"bluegreen:/etc/traefik/dynamic", "./tls.yml:/etc/traefik/dynamic/tls.yml:ro", "./site.pem:/site.pem:ro"`,
		files: map[string]string{"tls.yml": "tls: {stores: {default: {defaultCertificate: " +
			"{certFile: /site.pem, keyFile: /site.pem}}}}\n"},
	}
}

// generatedTraefik is a project behind a Traefik whose settings are generated:
// the kind that is replaced without a gap.
func generatedTraefik() seriesProject {
	return seriesProject{
		Secure: true, TLS: true,
		Command: "traefik --configFile=/var/lib/traefik/traefik.yml",
		Volumes: `"bluegreen:/var/lib/traefik", "./site.pem:/site.pem:ro"`,
	}
}
