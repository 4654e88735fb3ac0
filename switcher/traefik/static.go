package traefik

import (
	"context"
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// settings is the static configuration as it stands on the volume, or in the
// flags or variables. A file that is not there gives the zero Config.
func (c *control) settings(ctx context.Context, p compose.Proxy) (staticconfig.Config, error) {
	if p.Settings == "" {
		if p.Static == nil {
			return staticconfig.Config{}, nil
		}
		return *p.Static, nil
	}
	contents, err := c.Session.Read(ctx, p.Settings)
	if err != nil {
		return staticconfig.Config{}, err
	}
	config, err := staticconfig.Read(p.Settings, contents[p.Settings])
	if err != nil {
		return staticconfig.Config{}, fmt.Errorf("%s: %w", p.Settings, err)
	}
	return config, nil
}

// entrances lists the entry points of a port: the one that is named, and the
// instance's own beside another one.
func entrances(p compose.Proxy, name string, port int) []string {
	if p.Generated && p.Holder != "" {
		return []string{name, sideEntry(port)}
	}
	return []string{name}
}

// own is the static configuration where it is the user's; the zero Config
// where it is generated, and nothing has to be found in it.
func (c *control) own(ctx context.Context, p compose.Proxy) (staticconfig.Config, error) {
	if p.Generated {
		return staticconfig.Config{}, nil
	}
	return c.settings(ctx, p)
}

// entries names the entry point of each port of a model. A port without one
// gets the name that generated settings would give it.
func (c *control) entries(ctx context.Context, m compose.Model) (entries, error) {
	e := entries{}
	config, err := c.own(ctx, m.Proxy)
	if err != nil {
		return nil, err
	}
	for _, port := range ports(m) {
		name, found := config.At(port)
		if !found {
			name = generatedEntry(port)
		}
		e[port] = entrances(m.Proxy, name, port)
	}
	return e, nil
}

// direct tells that the tool's own request reaches a port itself: it ends no
// TLS and knows the loopback interface alone. Of generated settings the model
// tells.
func direct(config staticconfig.Config, port int) bool {
	name, _ := config.At(port)
	point := config.EntryPoints[name]
	switch point.Host() {
	case "", "0.0.0.0", "127.0.0.1":
		return !point.TLS
	default:
		return false
	}
}
