package switcher

import (
	"fmt"
	"slices"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// planStop plans to stop a colour, the idle one when none is named. Stopping
// the active one needs force, for visitors then get errors.
func planStop(s State, named compose.Colour, force bool) (Plan, error) {
	var p Plan
	if s.Model == nil {
		return p, &NotStartedError{Project: s.Project, Doing: Stop}
	}
	c := named
	if c == "" {
		c = s.Active().Other()
	}
	if c == "" {
		return p, &NotStartedError{Project: s.Project, Doing: Stop}
	}
	if c == s.Active() && !force {
		return p, &ActiveColourError{Colour: c, Doing: Stop}
	}
	if err := notInCanary(s, c, Stop); err != nil {
		return p, err
	}
	p.repair(s)
	s = p.unpin(s, c, "it is to be stopped")
	if running := s.running(c); len(running) > 0 {
		if s.ProxyRunning && c != s.Active() {
			p.add(Step{Action: DoDrain, Colour: c, Must: true, Cause: "it is to be stopped"})
		}
		p.stopColour(*s.Model, c, running)
	}
	if s.leaves(c) {
		r := *s.Routing
		r.Pending = nil
		p.note(r, nil, "nothing of it is left to do")
	}
	p.Nothing = fmt.Sprintf("%s does not run", c)
	return p, nil
}

// leaves tells that a colour was to be drained or stopped.
func (s State) leaves(c compose.Colour) bool {
	pending, retire := s.Pending(), s.Retirement()
	return pending != nil && pending.From == c || retire != nil && retire.Colour == c
}

// planStopDue plans to stop the colour whose time is over, and nothing else.
func planStopDue(s State) (Plan, error) {
	var p Plan
	if s.Model == nil {
		return p, &NotStartedError{Project: s.Project, Doing: Stop}
	}
	p.repair(s)
	p.retireDue(s)
	switch retire := s.Retirement(); {
	case retire == nil:
		p.Nothing = "no colour is to be stopped"
	case s.Now.Before(retire.Due):
		p.Nothing = fmt.Sprintf("%s is to be stopped after %s", retire.Colour, retire.Due.Local().Format(time.DateTime))
	default:
		p.Nothing = fmt.Sprintf("%s still serves %s", retire.Colour, s.Lingering)
	}
	return p, nil
}

// stopColour stops a colour's containers, workers by the signal at which they
// end.
func (p *Plan) stopColour(m compose.Model, c compose.Colour, running []compose.Container) {
	var workers, others []compose.Container
	for _, ctr := range running {
		if slices.Contains(m.Deferred(c), ctr.Service) {
			workers = append(workers, ctr)
		} else {
			others = append(others, ctr)
		}
	}
	if len(workers) > 0 {
		p.add(Step{Action: DoEndWorkers, Colour: c, Containers: workers, Cause: "asked for"})
	}
	if len(others) > 0 {
		p.add(Step{Action: DoStop, Colour: c, Containers: others, Cause: "asked for"})
	}
}

// running lists a colour's containers that run or try to.
func (s State) running(c compose.Colour) []compose.Container {
	all := s.Of(servicesOf(*s.Model, c)...)
	return slices.DeleteFunc(all, func(ctr compose.Container) bool {
		return ctr.State == "exited" || ctr.State == "created" || ctr.State == "dead"
	})
}
