package traefik

import (
	"context"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// Secure implements switcher.Proxy. All routers of a port are the tool's, so
// that its entry point alone decides.
func (c *control) Secure(ctx context.Context, m compose.Model) ([]int, error) {
	if m.Proxy.Generated {
		return m.Proxy.EndsTLS(), nil
	}
	config, err := c.own(ctx, m.Proxy)
	return secure(config, m), c.Errors.Wrap("read its settings", err)
}

func secure(config staticconfig.Config, m compose.Model) []int {
	var list []int
	for _, port := range ports(m) {
		if name, _ := config.At(port); config.EntryPoints[name].TLS {
			list = append(list, port)
		}
	}
	return list
}
