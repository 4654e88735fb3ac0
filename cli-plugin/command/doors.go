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
	adapter, err := d.adapter(d.kindOf(proxy))
	if err != nil {
		return nil, err
	}
	return adapter.Enter(ctx, proxy)
}

// kindOf is a container's kind of proxy.
func (d doors) kindOf(proxy compose.Container) compose.Kind {
	kind := compose.Kind(proxy.Labels[compose.ProxyLabel])
	switch {
	case kind != "":
		return kind
	case d.Proxy.Kind != "":
		return d.Proxy.Kind
	default:
		return compose.KindOf(proxy.Image)
	}
}

// EnterStopped implements switcher.Doors.
func (d doors) EnterStopped(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	adapter, err := d.adapter(proxy.Kind)
	if err != nil {
		return nil, err
	}
	return adapter.EnterStopped(ctx, proxy)
}

// EnterBeside implements switcher.Doors.
func (d doors) EnterBeside(ctx context.Context, proxy compose.Container) (switcher.Control, error) {
	adapter, err := d.adapter(d.kindOf(proxy))
	if err != nil {
		return nil, err
	}
	return adapter.EnterBeside(ctx, proxy)
}

// EnterNext implements switcher.Doors.
func (d doors) EnterNext(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	adapter, err := d.adapter(proxy.Kind)
	if err != nil {
		return nil, err
	}
	return adapter.EnterNext(ctx, proxy)
}

// Joins implements switcher.Doors.
func (d doors) Joins(proxy compose.Proxy, command []string) error {
	adapter, err := d.adapter(proxy.Kind)
	if err != nil {
		return err
	}
	return adapter.Joins(proxy, command)
}

// Alone implements switcher.Doors.
func (d doors) Alone(proxy compose.Proxy) string {
	adapter, err := d.adapter(proxy.Kind)
	if err != nil {
		return "" // Joins says so
	}
	return adapter.Alone(proxy)
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
	if m.Engine == compose.Swarm {
		m.Proxy.Control = "CONTROL_NETWORK" // whose subnet the Swarm chooses
	}
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
