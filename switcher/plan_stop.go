package switcher

import (
	"fmt"
	"slices"

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
	p.repair(s)
	if running := s.running(c); len(running) > 0 {
		if s.ProxyRunning && c != s.Active() {
			p.add(Step{Action: DoDrain, Colour: c, Must: true, Cause: "it is to be stopped"})
		}
		p.add(Step{Action: DoStop, Colour: c, Containers: running, Cause: "asked for"})
	}
	if pending := s.Pending(); pending != nil && pending.From == c {
		p.note(*s.Routing, nil, "what an interrupted command left is done")
	}
	p.Nothing = fmt.Sprintf("%s does not run", c)
	return p, nil
}

// running lists a colour's containers that run or try to.
func (s State) running(c compose.Colour) []compose.Container {
	all := s.Of(servicesOf(*s.Model, c)...)
	return slices.DeleteFunc(all, func(ctr compose.Container) bool {
		return ctr.State == "exited" || ctr.State == "created" || ctr.State == "dead"
	})
}
