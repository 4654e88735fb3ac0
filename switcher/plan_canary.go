package switcher

import (
	"fmt"
	"slices"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// planCanary plans to give the idle colour a share of the visitors, or with 0
// to take all of them back. More visitors are sent only to a colour that is
// ready: else a *NotReadyError. Fewer may be sent to any.
func planCanary(s State, share int, by Signature) (Plan, error) {
	var p Plan
	if s.Active() == "" {
		return p, &NotStartedError{Project: s.Project, Doing: by.Action}
	}
	p.repair(s)
	s, _ = p.finish(s, move{})
	idle := s.Active().Other()
	if share == s.Canary() {
		p.retireDue(s)
		p.Nothing = fmt.Sprintf("%s takes %d%% of the visitors already", idle, share)
		return p, nil
	}
	cause := "fewer visitors need no check"
	if share > s.Canary() {
		if why := append(incomplete(s, idle), unready(s, idle)...); len(why) > 0 {
			return Plan{}, &NotReadyError{Colour: idle, Why: why}
		}
		cause = "every replica is ready"
		s = p.keepRunning(s, idle)
		p.learnShares(s)
	}
	p.share(s, share, cause, by)
	return p, nil
}

// learnShares has a proxy with generated settings of an earlier version take
// those that know of shares.
func (p *Plan) learnShares(s State) {
	if s.Outdated && s.Model.Proxy.Generated {
		proxy := []string{s.Model.Proxy.Service}
		p.add(Step{Action: DoConfigure, Services: proxy, Cause: "its settings are older than the tool"})
		p.add(Step{Action: DoReload, Services: proxy, Cause: "it runs with the former settings"})
	}
}

// share commits a share of the idle colour.
func (p *Plan) share(s State, share int, cause string, by Signature) {
	r := p.leaves(*s.Routing)
	r.Canary, r.CanarySince, r.Pinned = share, by.At, ""
	if share > 0 {
		r.Pinned = s.pins(r.Active, by.Action)
	}
	p.add(Step{Action: DoShare, Colour: s.Active().Other(), Routing: &r, Cause: cause})
}

// stay waits before the next share.
func (p *Plan) stay(c compose.Colour, share int, d time.Duration) {
	p.add(Step{Action: DoStay, Colour: c, For: d, Cause: fmt.Sprintf("visitors try it at %d%% for %s", share, d)})
}

// try has visitors try a colour at a share for a time: it is watched where the
// move is to be, and loses them all when it is worse than the limits.
func (p *Plan) try(s State, share int, m move, d time.Duration) {
	active, idle := s.Active(), s.Active().Other()
	if m.Bake.Time == 0 {
		p.stay(idle, share, d)
		return
	}
	back := p.leaves(*s.Routing)
	back.Canary, back.CanarySince, back.Pinned = 0, m.By.At, ""
	p.add(Step{
		Action: DoBake, Colour: idle, Cause: fmt.Sprintf("visitors try it at %d%% for %s; %s would take them back", share, d, active),
		Watch: &Watch{
			Limits: m.Bake, For: d, Against: active, Beside: true,
			Back: []Step{{Action: DoShare, Colour: active, Routing: &back, Cause: "where " + string(idle) + " is worse"}},
		},
	})
}

// takeBack plans to end a canary, because of a cause.
func (p *Plan) takeBack(s State, cause string, by Signature) { p.share(s, 0, cause, by) }

// ahead are those of rising shares that are still to come, with the one that
// is reached already: it may not have been stayed at for long enough. A single
// share is a wish of its own, and may be smaller than what there is.
func ahead(shares []int, reached int) []int {
	if len(shares) == 1 {
		return shares
	}
	i := slices.IndexFunc(shares, func(share int) bool { return share >= reached })
	if i < 0 {
		return nil
	}
	return shares[i:]
}

// lasts is how long visitors try a colour at a share. The last one stays
// anyway, but may have to be watched.
func lasts(m move, last bool, pause time.Duration) time.Duration {
	if last {
		return m.Bake.Time
	}
	return pause
}

// planShares plans all shares of a dry run, as if each found the colour ready.
func planShares(s State, m move, shares []int, pause time.Duration) Plan {
	var p Plan
	idle := s.Active().Other()
	for i, share := range shares {
		switch {
		case share == All:
			p.flip(s, idle, m)
			return p
		case share != s.Canary():
			p.share(s, share, "every replica is ready", m.By)
		}
		if d := lasts(m, i == len(shares)-1, pause); d > 0 {
			p.try(s, share, m, d)
		}
	}
	return p
}
