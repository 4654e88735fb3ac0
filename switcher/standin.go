package switcher

import (
	"context"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A holder that mounts the proxy's volume can stand in for it: after a restart
// of the machine the engine may start the proxy before the container whose
// network it uses, which fails and is not tried again. The holder's own
// command sees that nobody listens and runs the proxy's program itself, until
// restSignal tells it that a proxy is there again. While it does, it is the
// proxy to every command.

// restSignal has a holder stop standing in.
const restSignal = "HUP"

// whichProxy finds the proxy among the observed containers, the strays beside
// it, and a holder that stands in.
func (v *visit) whichProxy(ctx context.Context) (*compose.Container, error) {
	proxy, err := v.findProxy(ctx)
	v.state.Proxy, v.state.Strays, v.state.StandIn = proxy, strays(v.state.Containers, proxy), nil
	if err != nil || proxy == nil {
		return proxy, err
	}
	holder := capable(v.state.Containers, *proxy)
	if holder == nil {
		return proxy, nil
	}
	kind := compose.Kind(proxy.Labels[compose.ProxyLabel])
	stands, err := v.Engine.Runs(ctx, *holder, string(kind))
	switch {
	case err != nil || !stands:
		return proxy, err
	case proxy.Running() && kind.Joins():
		v.state.StandIn = holder
		return proxy, nil
	default:
		v.state.Proxy, v.state.Strays = holder, nil
		return holder, nil
	}
}

// capable finds the running holder of a proxy's network that has the proxy's
// volume too; nil for none.
func capable(containers []compose.Container, proxy compose.Container) *compose.Container {
	volume := proxy.Labels[compose.VolumeLabel]
	i := slices.IndexFunc(containers, func(c compose.Container) bool {
		return c.Running() && proxy.In(c) && volume != "" && slices.Contains(c.Mounts, volume)
	})
	if i < 0 {
		return nil
	}
	return &containers[i]
}

// standsIn tells that the proxy that serves is the holder itself.
func (s State) standsIn(proxy compose.Proxy) bool {
	return s.Proxy != nil && proxy.Holder != "" && s.Proxy.Service == proxy.Holder
}

// rest has the holder stop standing in for the proxy that serves now.
func (r *runner) rest(ctx context.Context, s Step) error {
	if r.succession != nil {
		r.takeOver()
	}
	if err := r.Engine.Signal(ctx, s.Containers[0].ID, restSignal); err != nil {
		return err
	}
	return r.line.Alone(ctx)
}
