package switcher

import (
	"context"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// CanaryOptions are what `canary` can be told.
type CanaryOptions struct {
	Options
	// Share is how much of the visitors the idle colour gets, in percent: 0
	// takes all of them back, All is a switch.
	Share int
}

// Canary sends a share of the visitors to the idle colour, in one step for all
// pairs. A client that was sent there stays while the share grows. A colour
// that is not ready is a *NotReadyError, a user's own settings that know of no
// shares a *compose.InvalidError; both before anything is changed.
func (s *Switcher) Canary(ctx context.Context, o CanaryOptions) (Outcome, error) {
	if o.Share == All {
		return s.Switch(ctx, SwitchOptions{Options: o.Options})
	}
	// Hooks and checks guard what is sent there, and nobody is.
	o.NoHooks, o.NoChecks = o.NoHooks || o.Share == 0, o.NoChecks || o.Share == 0
	return s.do(ctx, Canary, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		return v.shareOf(ctx, o.Share, o.Options, out)
	})
}

// stepwise gives a colour one share after the other, and all traffic where the
// last is all. What each is planned by is observed anew.
func (v *visit) stepwise(ctx context.Context, o SwitchOptions, out *Outcome) error {
	shares := ahead(o.Steps, v.state.Canary())
	switch {
	case len(shares) == 0 || v.active() == "":
		return v.shareOf(ctx, v.state.Canary(), o.Options, out) // which is none, or says why not
	case o.DryRun:
		return v.previewShares(ctx, o, shares, out)
	}
	for i, share := range shares {
		if i > 0 {
			if err := v.nextMove(ctx); err != nil {
				return err
			}
		}
		if share == All {
			return v.flipAtOnce(ctx, o, out)
		}
		if err := v.shareOf(ctx, share, o.Options, out); err != nil {
			return err
		}
		if d := lasts(v.moving("", o), i == len(shares)-1, o.pause()); d > 0 {
			var p Plan
			p.try(v.state, share, v.moving("", o), d)
			if err := v.move(ctx, p, o.Options, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// previewShares plans all shares of a dry run, and the hooks around them.
func (v *visit) previewShares(ctx context.Context, o SwitchOptions, shares []int, out *Outcome) error {
	m := v.moving("", o)
	if _, err := planSwitch(v.state, m); err != nil {
		return err
	}
	told := v.occasion(v.active(), v.active().Other())
	if err := v.runHooks(ctx, before(Switch), told, out); err != nil {
		return err
	}
	var p Plan
	if v.state.Canary() == 0 {
		p.check(v.active().Other(), v.checks)
	}
	p.Steps = append(p.Steps, planShares(v.state, m, shares, o.pause()).Steps...)
	if err := v.execute(ctx, nil, p, out); err != nil {
		return err
	}
	if shares[len(shares)-1] != All {
		return nil
	}
	return v.runHooks(ctx, after(Switch), told.done(), out)
}

// nextMove observes for one more move of the same command, which is signed
// with its own time: the routing and the history are compared by it.
func (v *visit) nextMove(ctx context.Context) error {
	v.checks = nil // they were made before the first
	v.sign.At = v.Now()
	return v.observe(ctx)
}

// shareOf plans and runs one share within a visit. The hooks before a switch
// run before the first visitor is sent to a colour.
func (v *visit) shareOf(ctx context.Context, share int, o Options, out *Outcome) error {
	plan := func() (Plan, error) {
		if err := v.canShare(ctx, share); err != nil {
			return Plan{}, err
		}
		p, err := planCanary(v.state, share, v.sign)
		if v.state.Canary() == 0 {
			p.checkBefore(DoShare, v.active().Other(), v.checks)
		}
		return p, err
	}
	p, err := plan()
	if err != nil {
		return err
	}
	if v.state.Canary() == 0 && shares(p) {
		out.told = v.occasion(v.active(), v.active().Other())
		if p, err = v.before(ctx, Switch, out, p, plan); err != nil {
			return err
		}
	}
	return v.move(ctx, p, o, out)
}

// canShare finds whether the proxy can take a share, and waits for the checks
// of one that has just been started.
func (v *visit) canShare(ctx context.Context, share int) error {
	if share <= v.state.Canary() || v.active() == "" || v.state.Model == nil || !v.state.ProxyRunning {
		return nil
	}
	m := *v.state.Model
	if err := v.compare(ctx, m); err != nil {
		return err
	}
	if err := v.line.Divides(ctx, m); err != nil {
		return err
	}
	return v.awaitFirstChecks(ctx, v.active().Other())
}

// shares tells that a plan changes the share.
func shares(p Plan) bool {
	for _, s := range p.Steps {
		if s.Action == DoShare {
			return true
		}
	}
	return false
}

// share commits a share, and writes the history's line about it at once: a
// command of several shares may be killed before its end.
func (r *runner) share(ctx context.Context, s Step) error {
	if err := r.write(ctx, s, r.line.Commit); err != nil {
		return err
	}
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), settle)
	defer cancel()
	record := r.shared(*s.Routing)
	record.Checks = r.examined
	if r.sign.Action == Rollback {
		record.Action, record.From, record.To = Rollback, record.To, record.From
		record.Release, record.Images = r.runs(record.To)
	}
	return r.line.Append(own, record)
}

// shared is the history's line about a share.
func (v *visit) shared(routing Routing) Record {
	idle := routing.Active.Other()
	record := Record{
		Time: routing.CanarySince, Action: Canary, Who: v.Who, From: routing.Active, To: idle, Canary: routing.Canary,
		Duration: v.Now().Sub(routing.CanarySince).Milliseconds(), Result: "done",
	}
	record.Release, record.Images = v.runs(idle)
	return record
}

// runs names the release of a colour and its images, by pair.
func (v *visit) runs(c compose.Colour) (release string, images map[string]string) {
	if v.state.Model == nil {
		return "", nil
	}
	return v.state.Release(c), imagesOf(*v.state.Model, c, v.state.Containers)
}

// recordShare writes the history's line about a share whose command was killed
// before it could.
func (v *visit) recordShare(ctx context.Context, history []Record, dryRun bool) error {
	r := v.state.Routing
	n := len(history)
	if dryRun || !r.CanarySince.After(r.Since) || n > 0 && !history[n-1].Time.Before(r.CanarySince) {
		return nil
	}
	record := v.shared(*r)
	record.Who, record.Duration = "", 0
	record.Error = "interrupted after the visitors had been moved"
	return v.line.Append(ctx, record)
}
