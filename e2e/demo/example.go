package main

import (
	"context"
	"maps"
	"slices"

	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

// example is a stack that the demo plays with, and its proxy.
type example struct {
	file string // from the root of the repository
	port string // where it listens, unless PORT says otherwise
	// variable is the environment variable that gives the file its proxy's
	// image, official what the file has without it.
	variable, official string
	// image makes that image. The flavour is the official image's.
	image   func(context.Context, images.Flavour, ...images.Option) (string, error)
	flavour images.Flavour
	made    string // what is made, for the visitor who waits for it
}

// examples are the stacks by their proxy.
var examples = map[string]example{
	"haproxy": {
		file: "compose.blue-green.yml", port: "8080",
		variable: "HAPROXY_IMAGE", official: "haproxy:3.2", image: images.HAProxy, flavour: images.Debian,
		made: "HAProxy (pulled where a registry answers)",
	},
	"traefik": {
		file: "examples/traefik/compose.traefik.yml", port: "8082",
		variable: "TRAEFIK_IMAGE", official: "traefik:v3.7", image: images.Traefik, flavour: images.Busybox,
		made: "Traefik (pulled where a registry answers, else built, which takes minutes the first time)",
	},
}

// names lists the proxies.
func names() []string { return slices.Sorted(maps.Keys(examples)) }
