package switcher

import (
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Watch is what a step watches, and what is done when that is too bad.
type Watch struct {
	Limits compose.Bake `json:"limits"`
	// For is how long; of a baseline, how long at least.
	For time.Duration `json:"for"`
	// Against is the colour that it is compared with; "" for none.
	Against compose.Colour `json:"against,omitempty"`
	// Beside tells that both colours serve meanwhile, as in a canary's step:
	// they are compared over the same time. Otherwise the other one counts as
	// the baseline has it, from before the switch.
	Beside bool `json:"beside,omitempty"`
	// Back are the steps by which the traffic goes back when it is too bad.
	Back []Step `json:"back,omitempty"`
}

// The active colour is watched before the switch for baselineShare of the time
// that the new one is watched afterwards, but not for longer than longBaseline:
// it says what visitors have now, and a switch must not be long in coming.
const (
	baselineShare = 6
	longBaseline  = 10 * time.Second
)

func baselineFor(bake time.Duration) time.Duration {
	return min((bake / baselineShare).Round(glance), longBaseline)
}

// baseline watches the active colour before the switch.
func (p *Plan) baseline(from compose.Colour, limits compose.Bake) {
	p.add(Step{
		Action: DoBaseline, Colour: from, Watch: &Watch{Limits: limits, For: baselineFor(limits.Time)},
		Cause: fmt.Sprintf("%s is compared with what it shows, for %s at least", from.Other(), baselineFor(limits.Time)),
	})
}

// watch watches the colour of a routing that has just been committed, and notes
// that it has proved itself. Where visitors stay with the former colour, those who
// come new are watched as long as they do, and then all.
func (p *Plan) watch(s State, r Routing, m move, against compose.Colour) {
	if r.Pinned != "" {
		if m.Drain > 0 {
			p.bake(s, r, m.Bake, m.Drain, against)
		}
		r = p.letGo(r, everybody(r))
	}
	p.bake(s, r, m.Bake, m.Bake.Time, against)
	p.proved(r)
}

// bake watches a colour for a time, and has the traffic go back to the former one
// when it is worse than the limits. against is "" when nothing is known of the
// former one.
func (p *Plan) bake(s State, r Routing, limits compose.Bake, d time.Duration, against compose.Colour) {
	p.add(Step{
		Action: DoBake, Colour: r.Active, Cause: fmt.Sprintf("%s would take the traffic back within %s", r.Previous, d),
		Watch: &Watch{Limits: limits, For: d, Against: against, Back: stepsBack(s, r)},
	})
}

// stepsBack are the way back to what a routing has replaced. It is a rollback:
// another one must not bring the bad release back. Workers follow the traffic:
// visitors have waited long enough.
func stepsBack(s State, r Routing) []Step {
	back := Routing{
		Active: r.Previous, Release: r.PreviousRelease, Previous: r.Active, PreviousRelease: r.Release,
		Action: Rollback, Since: r.Since, By: r.By, Pending: &Pending{From: r.Active, Workers: s.Model.HandsOver()},
	}
	var p Plan
	p.add(Step{Action: DoCommit, Colour: back.Active, Routing: &back, Cause: "where " + string(r.Active) + " is worse"})
	if s.Model.HandsOver() {
		p.belong(s, back.Active, "they are at work while their colour is active")
	}
	p.add(Step{Action: DoDrain, Colour: r.Active, Cause: "it took the traffic until now"})
	p.note(back, nil, "all is done")
	return p.Steps
}

// proved notes that nothing is to be watched any more.
func (p *Plan) proved(r Routing) {
	rest := *r.Pending
	rest.Bake = 0
	p.note(r, &rest, string(r.Active)+" keeps the traffic")
}
