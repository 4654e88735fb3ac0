package switcher

import (
	"fmt"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Workers that do not overlap are at work in the active colour alone. The other
// colour's are made and wait, or have ended and are kept for a rollback.
//
// A change of colour hands over around its commit: what may fail (the next
// workers' start) comes before it, so that a failure leaves the traffic where
// it is; what only ends comes after it. The routing says meanwhile that a
// handover is under way; whoever finds that sees to it that the workers are at
// work in whichever colour is active, and nowhere else (planSettle).

// handingOver plans a note of it before the first worker is touched.
func (p *Plan) handingOver(r Routing) {
	p.note(p.leaves(r), &Pending{Workers: true}, "workers are handed over: a command that is killed here must be known")
}

// takeOver plans what comes before the commit of a colour. Its handoff workers
// come first, so that the pause of the others is short, and costs nothing where
// the former fail.
func (p *Plan) takeOver(s State, m compose.Model, to compose.Colour) {
	beside, after := "they take jobs beside the former ones until those end", "the former ones have ended"
	if len(s.Of(m.Deferred(to.Other())...)) == 0 {
		beside, after = "they are at work while their colour is active", "they are at work while their colour is active"
	}
	p.startWorkers(m, to, compose.Handoff, beside)
	p.endWorkers(s, m, to.Other(), compose.PauseThenStart, "two versions are never at work at once")
	p.startWorkers(m, to, compose.PauseThenStart, after)
}

// leave plans what comes after the commit of the other colour.
func (p *Plan) leave(s State, m compose.Model, from compose.Colour) {
	p.endWorkers(s, m, from, compose.Handoff, fmt.Sprintf("those of %s have taken over", from.Other()))
}

// commitFirst plans the commit of a colour while none serves, with its workers.
// Where one was active before, its workers may be at work all the same.
func (p *Plan) commitFirst(s State, w wanted, r Routing) {
	known := s.Active() != "" && w.Model.HandsOver()
	if known {
		p.handingOver(*s.Routing)
		r.Pending = &Pending{Workers: true}
	}
	p.takeOver(s, w.Model, w.Colour)
	p.add(Step{Action: DoCommit, Colour: w.Colour, Routing: &r, Cause: "no colour serves"})
	p.leave(s, w.Model, w.Colour.Other())
	if known {
		p.note(r, nil, "the workers are where they belong")
	}
}

func (p *Plan) startWorkers(m compose.Model, c compose.Colour, policy compose.Policy, cause string) {
	if services := m.Deferred(c, policy); len(services) > 0 {
		p.add(Step{Action: DoStartWorkers, Colour: c, Services: services, Cause: cause})
	}
}

// endWorkers has workers end that have a container. Also one that does not run
// has to be kept from the engine, which may start it with the machine.
func (p *Plan) endWorkers(s State, m compose.Model, c compose.Colour, policy compose.Policy, cause string) {
	var services []string
	for _, service := range m.Deferred(c, policy) {
		if len(s.Of(service)) > 0 {
			services = append(services, service)
		}
	}
	if len(services) > 0 {
		p.add(Step{Action: DoEndWorkers, Colour: c, Services: services, Cause: cause})
	}
}

// park keeps the workers of a colour that is not active from being started by
// anything but a change of colour, and ends those that somebody has started.
func (p *Plan) park(w wanted) {
	if services := w.Model.Deferred(w.Colour); len(services) > 0 {
		p.add(Step{Action: DoParkWorkers, Colour: w.Colour, Services: services, Cause: "they start with the switch"})
	}
}

// planSettle plans the end of a handover that was interrupted: forward where
// the next colour was committed, and back where it was not. An empty plan:
// none was.
func planSettle(s State) Plan {
	var p Plan
	if !s.HandingOver() || s.Model == nil || s.Active() == "" {
		return p
	}
	p.joinSplit(s)
	p.belong(s, s.Active(), fmt.Sprintf("%s is active, and a handover was interrupted", s.Active()))
	rest := *s.Routing.Pending
	rest.Workers = false
	p.note(*s.Routing, rest.orNil(), "the workers are where they belong")
	return p
}

// belong plans to have the workers of a colour at work that is active already,
// and no others.
func (p *Plan) belong(s State, active compose.Colour, cause string) {
	idle := active.Other()
	p.endWorkers(s, *s.Model, idle, compose.PauseThenStart, cause)
	for _, policy := range []compose.Policy{compose.PauseThenStart, compose.Handoff} {
		p.startWorkers(*s.Model, active, policy, cause)
	}
	p.endWorkers(s, *s.Model, idle, compose.Handoff, cause)
}

// HandingOver tells that a command was killed while workers were handed over.
func (s State) HandingOver() bool {
	return s.Routing != nil && s.Routing.Pending != nil && s.Routing.Pending.Workers
}

// unreadyWorkers lists what of a colour's workers keeps it from becoming active.
// Those that start with the switch only have to be there.
func unreadyWorkers(s State, c compose.Colour) []string {
	var why []string
	for _, w := range s.Model.Workers {
		if !w.Has(c) {
			continue
		}
		containers := s.Of(w.Services[c])
		if len(containers) == 0 {
			why = append(why, w.Services[c]+" has no containers")
		}
		for _, ctr := range containers {
			if !w.Deferred() && !ctr.Ready() {
				why = append(why, fmt.Sprintf("%s is %s", ctr.Name, condition(ctr)))
			}
		}
	}
	return why
}

// planScaleWorker plans to change the number of a worker's containers without a
// new release. They take no traffic, so nothing has to be kept from the proxy.
func planScaleWorker(s State, w wanted, service string) (Plan, error) {
	var p Plan
	spec, have := w.Specs[service], s.Of(service)
	switch {
	case len(have) == 0:
		return p, &NotReadyError{Colour: w.Colour, Why: []string{service + " has no containers"}}
	case spec.Replicas > len(have) && !allUpToDate(spec, have):
		return p, &DriftError{Service: service}
	}
	p.repair(s)
	s, _ = p.finish(s, move{})
	s = p.retireDue(s)
	cause := fmt.Sprintf("%d containers, %d wanted", len(have), spec.Replicas)
	step := func(a Action, surplus []compose.Container) Step {
		return Step{Action: a, Colour: w.Colour, Services: []string{service}, Containers: surplus, Cause: cause}
	}
	at := len(p.Steps)
	switch {
	case spec.Replicas > len(have):
		p.add(step(DoCreate, nil))
		p.add(step(atWork(w, service, s.Active()), nil))
	case spec.Replicas < len(have):
		p.add(step(DoEndWorkers, have[spec.Replicas:]))
		p.add(step(DoRemove, have[spec.Replicas:]))
	}
	p.proxy(s, w)
	if len(p.Steps) == at {
		p.Nothing = fmt.Sprintf("%s has %d containers", service, len(have))
	}
	return p, nil
}

// atWork is what a worker's new containers do.
func atWork(w wanted, service string, active compose.Colour) Action {
	if w.Colour != active && slices.Contains(w.Model.Deferred(w.Colour), service) {
		return DoParkWorkers
	}
	return DoStartWorkers
}
