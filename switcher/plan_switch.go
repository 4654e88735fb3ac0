package switcher

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// move is a change of the active colour that a plan is made for.
type move struct {
	To   compose.Colour // "" stands for the idle colour
	Stop bool           // stop the other colour once it is drained
	By   Signature
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
	interrupted := p.finish(s)
	to := m.To
	if to == "" {
		if interrupted || s.Split() || s.Unrecorded {
			p.Nothing = fmt.Sprintf("%s is active already, by the %s that was interrupted", s.Active(), s.Routing.Action)
			return p, nil
		}
		to = s.Active().Other()
	}
	if to == s.Active() {
		p.Nothing = fmt.Sprintf("%s is active already", to)
		return p, nil
	}
	if why := append(incomplete(s, to), unready(s, to)...); len(why) > 0 {
		return Plan{}, &NotReadyError{Colour: to, Why: why}
	}
	p.flip(s, to, m)
	return p, nil
}

// finish plans the rest of an interrupted command and tells whether there
// was one.
func (p *Plan) finish(s State) bool {
	pending := s.Pending()
	if pending == nil {
		return false
	}
	p.retireColour(s, *pending, *s.Routing, "an interrupted "+s.Routing.Action+" left it")
	return true
}

// flip commits a colour and lets the other one drain.
func (p *Plan) flip(s State, to compose.Colour, m move) {
	from := s.Active()
	r := m.By.routing(to, s.Release(to))
	r.Previous, r.PreviousRelease = from, s.Release(from)
	r.Pending = &Pending{From: from, Stop: m.Stop}
	p.add(Step{Action: DoCommit, Colour: to, Routing: &r, Cause: "every replica is ready"})
	p.retireColour(s, *r.Pending, r, "it took the traffic until now")
}

// retireColour drains a colour, stops it where wanted, and notes in the
// routing that nothing is pending any more.
func (p *Plan) retireColour(s State, pending Pending, r Routing, cause string) {
	p.add(Step{Action: DoDrain, Colour: pending.From, Must: pending.Stop, Cause: cause})
	if pending.Stop {
		p.add(Step{Action: DoStop, Colour: pending.From, Containers: s.Of(s.Model.Services(pending.From)...), Cause: "asked for by --stop-old"})
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
