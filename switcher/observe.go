package switcher

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// observeContainers asks the engine what runs.
func (v *visit) observeContainers(ctx context.Context) error {
	containers, err := v.Engine.Observe(ctx)
	v.state.Project, v.state.Containers = v.Project, containers
	return err
}

// observe sees the containers, the durable routing and the running proxy.
func (v *visit) observe(ctx context.Context) error {
	if v.line == nil {
		return v.observeContainers(ctx)
	}
	// The engine and the proxy's volume know nothing of each other.
	both, asking := errgroup.WithContext(ctx)
	both.Go(func() error { return v.observeContainers(asking) })
	both.Go(func() error { return v.observeRecords(asking) })
	if err := both.Wait(); err != nil {
		return err
	}
	proxy, err := v.whichProxy(ctx)
	if err != nil {
		return err
	}
	if v.state.ProxyRunning = proxy != nil && proxy.Running(); v.state.ProxyRunning {
		err = v.observeProxy(ctx, *proxy)
	}
	if err != nil {
		return err
	}
	if err := v.adopt(ctx); err != nil {
		return err
	}
	return v.observeRetirement(ctx)
}

// observeRecords reads what the proxy's volume keeps.
func (v *visit) observeRecords(ctx context.Context) (err error) {
	if v.state.Model, err = v.line.Model(ctx); err != nil {
		return err
	}
	v.state.Routing, err = v.line.Routing(ctx)
	return err
}

// compare sees what of a model's settings the volume and the running proxy
// lack.
func (v *visit) compare(ctx context.Context, m compose.Model) (err error) {
	if v.line == nil {
		return nil
	}
	if v.state.Outdated, err = v.line.Outdated(ctx, m); err != nil {
		return err
	}
	if v.state.Token, err = v.line.Token(ctx); err != nil {
		return err
	}
	v.state.Unopened, err = v.line.Unopened(ctx, m)
	return err
}

// adopt stands in for a durable routing that somebody has removed: active is
// what the proxy still serves, and when that does not run, what the history
// tells.
func (v *visit) adopt(ctx context.Context) error {
	if v.state.Routing != nil || v.state.Model == nil {
		return nil
	}
	active := v.state.Live.Active
	if active == "" {
		history, err := v.line.History(ctx)
		if err != nil {
			return err
		}
		active = lastActive(history)
	}
	if active != "" {
		v.state.Lost = true
		v.state.Routing = &Routing{
			Active: active, Release: v.state.Release(active), Canary: v.state.Live.Canary, Pinned: v.state.Live.Pinned,
		}
	}
	return nil
}

// observeProxy asks the running proxy what it serves.
func (v *visit) observeProxy(ctx context.Context, proxy compose.Container) (err error) {
	if v.helping {
		// Another command started the proxy while this one waited for the lock,
		// or the engine tries once more to start one that cannot.
		seen, err := v.enterRunning(ctx, &proxy)
		if err != nil {
			return err
		}
		if seen == nil || !seen.Running() {
			v.state.ProxyRunning = false
			return nil
		}
	}
	live, err := v.line.Live(ctx)
	if err != nil {
		return err
	}
	v.state.Live = live
	v.state.Servers = nil
	if v.state.Model == nil {
		return nil
	}
	return v.observeServers(ctx)
}

// observeServers asks the running proxy what it makes of both colours'
// replicas.
func (v *visit) observeServers(ctx context.Context) (err error) {
	m := *v.state.Model
	v.state.Servers, err = v.line.Servers(ctx, v.state.Side(m, compose.Blue), v.state.Side(m, compose.Green))
	return err
}
