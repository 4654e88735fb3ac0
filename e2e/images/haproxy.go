package images

import (
	"context"
	"embed"
)

//go:embed haproxy
var haproxyFiles embed.FS

var haproxy = flavoured{
	name:     "haproxy",
	official: map[Flavour]string{Debian: "haproxy:3.2", Busybox: "haproxy:3.2-alpine"},
	files:    haproxyFiles,
}

// HAProxy returns the reference of an HAProxy image that is on the engine.
func HAProxy(ctx context.Context, flavour Flavour, opts ...Option) (string, error) {
	return haproxy.ensure(ctx, flavour, opts)
}
