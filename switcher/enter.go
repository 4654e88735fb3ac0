package switcher

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// enter opens the line: in the running proxy, else in a helper. A dry run of
// a project that does not run opens none, for it may change nothing.
func (v *visit) enter(ctx context.Context, o Options) error {
	proxy, err := v.look(ctx)
	if err != nil {
		return err
	}
	if o.aside && !o.DryRun && proxy != nil && proxy.Running() {
		err := v.enterStopped(ctx)
		if v.lock = v.line; err != nil {
			return err
		}
	}
	if proxy != nil && proxy.Running() {
		if proxy, err = v.enterRunning(ctx, proxy); err != nil {
			return err
		}
	}
	switch {
	case proxy != nil && proxy.Running():
		if v.lock == nil {
			v.lock = v.line
		}
		return nil
	case proxy != nil && proxy.State == "paused":
		return &ProxyError{
			Proxy: proxy.Service, Doing: "enter it", Err: errors.New("its container is paused"),
			Next: "let it go on: docker unpause " + proxy.Name,
		}
	case v.Source == nil || v.sign.Action == Switch || v.sign.Action == Rollback:
		return &ProxyDownError{Project: v.Project}
	case o.DryRun || v.lock != nil:
		return nil
	}
	err = v.enterStopped(ctx)
	v.lock = v.line
	return err
}

// entries is how often a running proxy is entered before the failure counts.
const entries = 5

// enterRunning opens the line in a proxy that runs, and returns the proxy as
// it was seen last. One that cannot start is restarted by the engine again and
// again: it runs by chance when it is looked at, and not when it is entered.
func (v *visit) enterRunning(ctx context.Context, proxy *compose.Container) (*compose.Container, error) {
	for try := 1; ; try++ {
		line, err := v.door()(ctx, *proxy)
		if err == nil && young(*proxy) {
			if _, err = line.Live(ctx); err != nil {
				_ = line.Close() // it has not answered
			}
		}
		if err == nil {
			v.moveTo(line)
			v.inside = proxy.ID
			return proxy, nil
		}
		if try == entries {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(glance):
		}
		again, unseen := v.look(ctx)
		if unseen != nil {
			return nil, errors.Join(err, unseen)
		}
		if again == nil || !again.Running() {
			return again, nil
		}
		proxy = again
	}
}

// young tells of a container that was started a moment ago: it may be about to
// end again without having answered.
func young(c compose.Container) bool {
	return strings.HasPrefix(c.Status, "Up Less than a second") || strings.HasPrefix(c.Status, "Up 1 second")
}

// door is the way into a running proxy: where another one runs too, that one's
// answers must not be taken for its own.
func (v *visit) door() func(context.Context, compose.Container) (Control, error) {
	running := 0
	if v.state.StandIn != nil {
		running++
	}
	if proxy := v.state.Proxy; proxy != nil && proxy.Running() {
		running++
	}
	for _, c := range v.state.Strays {
		if c.Running() {
			running++
		}
	}
	if running > 1 {
		return v.Doors.EnterBeside
	}
	return v.Doors.Enter
}

// look observes the containers and picks the proxy's; nil when there is none.
func (v *visit) look(ctx context.Context) (*compose.Container, error) {
	if err := v.observeContainers(ctx); err != nil {
		return nil, err
	}
	return v.whichProxy(ctx)
}

// enterStopped opens the line in a helper, which runs the proxy's image.
func (v *visit) enterStopped(ctx context.Context) error {
	proxy := v.Source.Proxy
	if _, err := v.Engine.Resolve(ctx, []string{proxy.Service}, compose.ImagePolicy{}); err != nil {
		return err
	}
	line, err := v.Doors.EnterStopped(ctx, proxy)
	v.line, v.helping = line, true
	return err
}

// enterProxy moves the line into a proxy that has just been started.
func (v *visit) enterProxy(ctx context.Context, service string) error {
	if err := v.observeContainers(ctx); err != nil {
		return err
	}
	for _, c := range v.state.Of(service) {
		if !c.Running() {
			continue
		}
		line, err := v.door()(ctx, c)
		if err != nil {
			return err
		}
		v.moveTo(line)
		v.inside = c.ID
		v.state.ProxyRunning = true
		return nil
	}
	return &ProxyDownError{Project: v.Project}
}

// moveTo makes a line into the running proxy the visit's. The line that holds
// the lock stays open to the end.
func (v *visit) moveTo(line Control) {
	if v.line != nil && v.line != v.lock {
		_ = v.line.Close() // it led into a proxy that ran before
	}
	v.line, v.helping = line, false
}
