package switcher

import (
	"context"
	"fmt"
	"os"
	"time"

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
	File func(ctx context.Context) (service string, err error)
	// Hooked loads the file for its hooks and checks; nil where it has none. It is asked
	// only where Source is nil. Nil: there is no file to ask.
	Hooked func(ctx context.Context) (*compose.Project, error)
	Engine Engine
	Doors  Doors
	// Shell runs the hooks that are commands of this machine.
	Shell Shell
	// Prober sees what visitors get while the traffic moves.
	Prober Prober
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
	// NoHooks runs none of the file's hooks.
	NoHooks bool
	// NoChecks leaves the file's checks out.
	NoChecks bool
	// NoProbe leaves out the requests that see what visitors get while the
	// traffic moves.
	NoProbe bool
	// aside has the lock lie in a helper, outside the proxy that runs: the
	// proxy may go while the command works.
	aside bool
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
	// inside is the id of the proxy's container that line leads into; "" for
	// the helper.
	inside string
	// helping tells that line leads to the helper, not to the proxy.
	helping bool
	sign    Signature
	// hooked is the file whose hooks run; nil where none do.
	hooked *compose.Project
	// checks must pass before a colour gets the traffic; they stand in checked.
	checks  []compose.Check
	checked *compose.Project
	// bake is how a colour is watched after its switch, and base follows what
	// the proxy counts from the command's beginning on; nil without a watch.
	bake compose.Bake
	base *tracker
	// guarded is the move whose hooks before it have run.
	guarded string
}

// begin opens a visit that changes things: it takes the lock, and only then
// observes, so that nothing it saw can change under it.
//
// The proxy that it entered may be replaced while it waits for the lock: then
// it begins anew, in the other one.
func (s *Switcher) begin(ctx context.Context, verb string, o Options) (*visit, error) {
	for try := 1; ; try++ {
		v, err := s.beginOnce(ctx, verb, o)
		if try == entries || ctx.Err() != nil || !v.misled(ctx, err) {
			return v, err
		}
		v.end()
	}
}

// misled tells that the visit's line leads into a container that is the proxy
// no more. After a failure the engine is asked once more: the failure may well
// have come of that.
func (v *visit) misled(ctx context.Context, failed error) bool {
	if v.inside == "" {
		return false
	}
	if failed != nil {
		if _, err := v.look(ctx); err != nil {
			return false
		}
	}
	return v.state.Proxy != nil && v.state.Proxy.ID != v.inside
}

func (s *Switcher) beginOnce(ctx context.Context, verb string, o Options) (*visit, error) {
	v := &visit{Switcher: s, sign: Signature{Action: verb, Who: s.Who, At: s.Now()}}
	if err := v.enter(ctx, o); err != nil {
		v.end()
		return v, err
	}
	if !o.DryRun {
		if err := v.acquire(ctx, verb, o.LockWait); err != nil {
			v.end()
			return v, err
		}
	}
	if err := v.observe(ctx); err != nil {
		v.end()
		return v, err
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
