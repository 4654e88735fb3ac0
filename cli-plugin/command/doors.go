package command

import (
	"context"
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/haproxy"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
	"github.com/bluegreen/docker-bluegreen/switcher/traefik"
)

// doors opens the line to a proxy of whatever kind. The container's kind goes
// before the file's, for the file may have changed since.
type doors struct{ session.Door }

// Enter implements switcher.Doors.
func (d doors) Enter(ctx context.Context, proxy compose.Container) (switcher.Control, error) {
	kind := compose.Kind(proxy.Labels[compose.ProxyLabel])
	if kind == "" {
		kind = d.Proxy.Kind
	}
	if kind == "" {
		kind = compose.KindOf(proxy.Image)
	}
	adapter, err := d.adapter(kind)
	if err != nil {
		return nil, err
	}
	return adapter.Enter(ctx, proxy)
}

// EnterStopped implements switcher.Doors.
func (d doors) EnterStopped(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	adapter, err := d.adapter(proxy.Kind)
	if err != nil {
		return nil, err
	}
	return adapter.EnterStopped(ctx, proxy)
}

// adapter picks what drives a kind of proxy.
func (d doors) adapter(kind compose.Kind) (switcher.Doors, error) {
	switch kind {
	case compose.HAProxy:
		return haproxy.Doors{Door: d.Door}, nil
	case compose.Traefik:
		return traefik.Doors{Door: d.Door}, nil
	default:
		return nil, fmt.Errorf("proxy of kind %q is unknown", kind)
	}
}

// proxySettings is the text of the settings that the proxy runs with: the
// generated ones, or what a user's own must have.
func proxySettings(m compose.Model) string {
	switch {
	case m.Proxy.Kind == compose.Traefik:
		return traefik.Show(m)
	case m.Proxy.Generated:
		return haproxy.Render(m)
	default:
		return haproxy.Lines(m)
	}
}

// ownSettings says what a user's own settings of the proxy must have.
func ownSettings(m compose.Model) string {
	if m.Proxy.Kind == compose.Traefik {
		return traefik.Own(m)
	}
	return "your settings of the proxy must have these lines:\n\n" + haproxy.Lines(m)
}
