package switcher

import (
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// move is a change of the active colour that a plan is made for.
type move struct {
	To   compose.Colour // "" stands for the idle colour
	Stop bool           // stop the other colour once it is drained
	// Retire is when else the other colour is stopped; nil for never.
	Retire *Retirement
	By     Signature
	// Checks must pass before.
	Checks []compose.Check
	// Bake is how the colour is watched then; its Time is zero for not at all.
	Bake compose.Bake
	// Drain is how long visitors who began on the former colour stay there, where
	// they do.
	Drain time.Duration
	// Probe has what visitors get meanwhile be seen.
	Probe bool
}

// planSwitch plans to send all traffic to a colour. A colour that is not
// ready is a *NotReadyError. An interrupted command is finished first, and
// alone when no colour is named: who types the same command again wants it
// finished, not undone.
func planSwitch(s State, m move) (Plan, error) {
	var p Plan
	if s.Active() == "" {
		return p, &NotStartedError{Project: s.Project, Doing: m.By.Action}
	}
	p.repair(s)
	s, interrupted := p.finish(s, m)
	to := m.To
	if to == "" {
		if interrupted || s.SplitColour() || s.Unrecorded {
			p.retireDue(s)
			p.Nothing = fmt.Sprintf("%s is active already, by the %s that was interrupted", s.Active(), s.Routing.Action)
			return p, nil
		}
		to = s.Active().Other()
	}
	if to == s.Active() {
		p.retireDue(s)
		p.Nothing = fmt.Sprintf("%s is active already", to)
		return p, nil
	}
	if why := append(incomplete(s, to), unready(s, to)...); len(why) > 0 {
		return Plan{}, &NotReadyError{Colour: to, Why: why}
	}
	p.check(to, m.Checks)
	p.flip(s, to, m)
	return p, nil
}

// finish plans the rest of an interrupted command. It gives the state that is left
// then, and tells whether there was one.
func (p *Plan) finish(s State, m move) (left State, interrupted bool) {
	pending := s.Pending()
	if pending == nil && s.Routing != nil && s.Routing.Pinned != "" && s.Canary() == 0 {
		pending = &Pending{From: s.Routing.Pinned} // of what it was to be followed by nothing is known
	}
	if pending == nil {
		return s, false
	}
	cause := "an interrupted " + s.Routing.Action + " left it"
	if pending.Bake > 0 && m.Bake.Time > 0 && s.Routing.Previous == pending.From {
		p.watch(s, *s.Routing, m, "") // what the former colour showed is not known any more
	} else {
		p.outstay(*s.Routing)
	}
	p.add(Step{Action: DoDrain, Colour: pending.From, Must: pending.Stop, Cause: cause})
	p.finishRetiring(s, *pending, p.leaves(*s.Routing))
	r := p.leaves(*s.Routing)
	s.Routing, s.Live = &r, r.Traffic()
	return s, true
}

// flip commits a colour and lets the other one drain; workers are handed over
// around the commit.
func (p *Plan) flip(s State, to compose.Colour, m move) {
	from := s.Active()
	if m.Bake.Time > 0 {
		p.baseline(from, m.Bake)
	}
	if s.Model.HandsOver() {
		p.handingOver(*s.Routing)
	}
	p.takeOver(s, *s.Model, to)
	r := m.By.routing(to, s.Release(to))
	r.Previous, r.PreviousRelease = from, s.Release(from)
	r.Pinned = s.pins(from, m.By.Action)
	r.Pending = &Pending{From: from, Stop: m.Stop, Retire: m.Retire, Bake: m.Bake.Time, Workers: s.Model.HandsOver()}
	if m.Probe {
		p.add(Step{Action: DoProbe, Colour: to, Cause: "what visitors get while the traffic moves is seen"})
	}
	p.add(Step{Action: DoCommit, Colour: to, Routing: &r, Cause: "every replica is ready"})
	p.leave(s, *s.Model, from)
	tally := Step{Action: DoTally, Colour: to, Cause: "the probe has an end"}
	if m.Bake.Time > 0 {
		if m.Probe {
			p.add(tally) // its requests are no visitors', by whom the colour is judged
		}
		p.watch(s, r, m, from)
	} else {
		p.outstay(r)
	}
	p.add(Step{Action: DoDrain, Colour: from, Must: m.Stop, Cause: "it took the traffic until now"})
	if m.Probe && m.Bake.Time == 0 {
		p.add(tally)
	}
	p.finishRetiring(s, *r.Pending, p.leaves(r))
}

// finishRetiring plans what comes after the drain.
func (p *Plan) finishRetiring(s State, pending Pending, r Routing) {
	if pending.Stop {
		p.add(Step{Action: DoStop, Colour: pending.From, Containers: s.Of(s.Model.Lasting(pending.From)...), Cause: "asked for by --stop-old"})
	}
	p.note(r, nil, "all is done")
}

// incomplete lists the services of a colour of which there are fewer containers
// than it was brought up with; none at all is for unready to tell.
func incomplete(s State, c compose.Colour) []string {
	if s.Model == nil {
		return nil
	}
	var why []string
	for _, pair := range s.Model.Pairs {
		have, want := len(s.Of(pair.Services[c])), pair.Replicas[c]
		if pair.Has(c) && have > 0 && have < want {
			why = append(why, fmt.Sprintf("%s has %d of %d containers", pair.Services[c], have, want))
		}
	}
	for _, w := range s.Model.Workers {
		have, want := len(s.Of(w.Services[c])), w.Replicas[c]
		if w.Has(c) && have > 0 && have < want {
			why = append(why, fmt.Sprintf("%s has %d of %d containers", w.Services[c], have, want))
		}
	}
	return why
}

// unready lists what keeps a colour from taking traffic, as the engine and
// the proxy see it.
func unready(s State, c compose.Colour) []string {
	if s.Model == nil {
		return []string{"nothing of it is known"}
	}
	var why []string
	for _, pair := range s.Model.Pairs {
		if pair.Has(c) {
			why = append(why, unreadyService(s, pair.Services[c], c)...)
		}
	}
	why = append(why, unreadyWorkers(s, c)...)
	if len(s.Model.Services(c)) == 0 {
		why = append(why, "it has no services")
	}
	return why
}

// unreadyService does so for one service.
func unreadyService(s State, service string, c compose.Colour) []string {
	containers := s.Of(service)
	if len(containers) == 0 {
		return []string{service + " has no containers"}
	}
	var why []string
	for _, ctr := range containers {
		switch server, known := serverOf(s.Servers[c], ctr); {
		case !ctr.Ready():
			why = append(why, fmt.Sprintf("%s is %s", ctr.Name, condition(ctr)))
		case !known:
			why = append(why, fmt.Sprintf("the proxy does not see %s yet", ctr.Name))
		case !server.Up:
			why = append(why, fmt.Sprintf("the proxy holds %s unfit (%s)", ctr.Name, server.Why))
		}
	}
	return why
}

// condition says what a container is instead of ready.
func condition(c compose.Container) string {
	if c.Running() && c.Health != compose.NoHealth {
		return string(c.Health)
	}
	return c.State
}

// serverOf finds the proxy's server of a container by its addresses.
func serverOf(servers []Server, c compose.Container) (Server, bool) {
	for _, address := range c.Addresses {
		for _, server := range servers {
			if server.Service == c.Service && server.Address == address {
				return server, true
			}
		}
	}
	return Server{}, false
}
