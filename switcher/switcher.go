package switcher

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Switcher releases one project.
type Switcher struct {
	// Project is the Compose project's name.
	Project string
	// Source is the loaded file; nil for commands that need none.
	Source *compose.Project
	// File names the proxy's service as the file does. It is asked only
	// where Source is nil and the containers alone do not tell, for reading
	// the file takes longer than a switch. Nil: there is no file to ask.
	File   func(ctx context.Context) (service string, err error)
	Engine Engine
	Doors  Doors
	Report compose.Reporter
	// Who is the person and machine that give the command: "ann@laptop".
	Who string
	// Now is the clock.
	Now func() time.Time
}

// Options are what every command that changes something can be told.
type Options struct {
	// LockWait is how long to wait for another release to end; zero fails
	// at once.
	LockWait time.Duration
	// DryRun plans, and changes nothing.
	DryRun bool
	// Wait and Drain bound the waits for readiness and for sessions to end;
	// zero takes the file's, else the default.
	Wait, Drain time.Duration
	// Cut lets what is still in flight after Drain be cut where a container
	// has to go.
	Cut bool
}

// patience fills in what the options leave open.
func (o Options) patience(m *compose.Model) Patience {
	p := Patience{Ready: o.Wait, Drain: o.Drain, Cut: o.Cut}
	if m != nil {
		p.Ready, p.Drain = first(p.Ready, m.WaitTimeout), first(p.Drain, m.DrainTimeout)
	}
	p.Ready, p.Drain = first(p.Ready, DefaultReady), first(p.Drain, DefaultDrain)
	return p
}

// first is a, or b when a is zero.
func first(a, b time.Duration) time.Duration {
	if a != 0 {
		return a
	}
	return b
}

// visit is one command's stay at a project: the line to the proxy and what
// was observed.
type visit struct {
	*Switcher
	state State
	// line talks to the proxy's state: inside the running proxy, or in the
	// helper while it does not run.
	line Control
	// lock is the line that holds the lock; it differs from line once a
	// command has started the proxy.
	lock Control
	// helping tells that line leads to the helper, not to the proxy.
	helping bool
	sign    Signature
}

// begin opens a visit that changes things: it takes the lock, and only then
// observes, so that nothing it saw can change under it.
func (s *Switcher) begin(ctx context.Context, verb string, o Options) (*visit, error) {
	v := &visit{Switcher: s, sign: Signature{Action: verb, Who: s.Who, At: s.Now()}}
	if err := v.enter(ctx, o.DryRun); err != nil {
		v.end()
		return nil, err
	}
	if !o.DryRun {
		if err := v.acquire(ctx, verb, o.LockWait); err != nil {
			v.end()
			return nil, err
		}
	}
	if err := v.observe(ctx); err != nil {
		v.end()
		return nil, err
	}
	return v, nil
}

// acquire takes the lock. When it has to wait it says for whom.
func (v *visit) acquire(ctx context.Context, verb string, wait time.Duration) error {
	if wait > 0 {
		held, err := v.lock.Held(ctx)
		if err != nil {
			return err
		}
		if held != nil {
			v.Report.Report(compose.Event{
				Step: "lock", Subject: v.Project, Status: compose.Warning,
				Text: fmt.Sprintf("waiting up to %s: %s runs %q since %s", wait, held.Who, held.Command, held.Since.Local().Format(time.DateTime)),
			})
		}
	}
	return v.lock.Acquire(ctx, Holder{Command: verb, Who: v.Who, PID: os.Getpid(), Since: v.sign.At}, wait)
}

// end closes the visit and frees the lock.
func (v *visit) end() {
	for _, line := range []Control{v.line, v.lock} {
		if line != nil {
			_ = line.Close() // a session that is gone already has freed the lock
		}
	}
}

// enter opens the line: in the running proxy, else in a helper. A dry run of
// a project that does not run opens none, for it may change nothing.
func (v *visit) enter(ctx context.Context, dryRun bool) error {
	proxy, err := v.look(ctx)
	if err != nil {
		return err
	}
	if proxy != nil && proxy.Running() {
		v.line, err = v.Doors.Enter(ctx, *proxy)
		if err == nil {
			v.lock = v.line
			return nil
		}
		// One that cannot start is restarted by the engine again and again.
		if proxy, _ = v.look(ctx); proxy != nil && proxy.Running() {
			return err
		}
	}
	switch {
	case proxy != nil && proxy.State == "paused":
		return &ProxyError{
			Proxy: proxy.Service, Doing: "enter it", Err: errors.New("its container is paused"),
			Next: "let it go on: docker unpause " + proxy.Name,
		}
	case v.Source == nil || v.sign.Action == Switch || v.sign.Action == Rollback:
		return &ProxyDownError{Project: v.Project}
	case dryRun:
		return nil
	}
	err = v.enterStopped(ctx)
	v.lock = v.line
	return err
}

// look observes the containers and picks the proxy's; nil when there is none.
func (v *visit) look(ctx context.Context) (*compose.Container, error) {
	if err := v.observeContainers(ctx); err != nil {
		return nil, err
	}
	return v.findProxy(ctx)
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
		line, err := v.Doors.Enter(ctx, c)
		if err != nil {
			return err
		}
		if v.line != v.lock {
			_ = v.line.Close() // it led into a proxy that ran before
		}
		v.line, v.helping, v.state.ProxyRunning = line, false, true
		return nil
	}
	return &ProxyDownError{Project: v.Project}
}

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
	proxy, err := v.findProxy(ctx)
	if err != nil {
		return err
	}
	if v.state.ProxyRunning = proxy != nil && proxy.Running(); v.state.ProxyRunning {
		err = v.observeProxy(ctx, *proxy)
	}
	if err != nil {
		return err
	}
	return v.adopt(ctx)
}

// observeRecords reads what the proxy's volume keeps.
func (v *visit) observeRecords(ctx context.Context) (err error) {
	if v.state.Model, err = v.line.Model(ctx); err != nil {
		return err
	}
	v.state.Routing, err = v.line.Routing(ctx)
	return err
}

// adopt stands in for a durable routing that somebody has removed: active is
// what the proxy still serves, and when that does not run, what the history
// tells.
func (v *visit) adopt(ctx context.Context) error {
	if v.state.Routing != nil || v.state.Model == nil {
		return nil
	}
	active := v.state.Live
	if active == "" {
		history, err := v.line.History(ctx)
		if err != nil {
			return err
		}
		active = lastActive(history)
	}
	if active != "" {
		v.state.Lost = true
		v.state.Routing = &Routing{Active: active, Release: v.state.Release(active)}
	}
	return nil
}

// observeProxy asks the running proxy what it serves.
func (v *visit) observeProxy(ctx context.Context, proxy compose.Container) error {
	if v.helping {
		// Another command started the proxy while this one waited for the lock,
		// or the engine tries once more to start one that cannot.
		if err := v.enterProxy(ctx, proxy.Service); err != nil {
			v.state.ProxyRunning = false
			return nil
		}
	}
	var err error
	if v.state.Live, err = v.line.Live(ctx); err != nil {
		return err
	}
	if v.state.Servers = nil; v.state.Model == nil {
		return nil
	}
	v.state.Servers, err = v.line.Servers(ctx, *v.state.Model, compose.Colours()...)
	return err
}
