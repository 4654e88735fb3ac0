package switcher

import (
	"fmt"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// planScale plans to change the number of a service's containers without a
// new release. New containers must be what the running ones are.
func planScale(s State, w wanted, name string) (Plan, error) {
	var p Plan
	services, _, _ := w.Model.Part(name)
	service := services[w.Colour]
	if _, traffic := w.Model.Pair(name); !traffic {
		return planScaleWorker(s, w, service)
	}
	spec := w.Specs[service]
	have := s.Of(service)
	if len(have) == 0 {
		return p, &NotReadyError{Colour: w.Colour, Why: []string{service + " has no containers"}}
	}
	w.Verb = fmt.Sprintf("deploy --scale %s=%d", name, spec.Replicas)
	if err := replacesInstances(s, w); err != nil {
		return p, err
	}
	p.clear(s)
	// A command that was killed may have left replicas that are not ready.
	grows := spec.Replicas > len(have) || spec.Replicas == len(have) && slices.ContainsFunc(have, unfit)
	if !grows || !slices.Equal(s.Held(), []string{service}) {
		p.readmitHeld(s) // else they are held until they are ready
	}
	p.joinSplit(s)
	s, _ = p.finish(s, move{})
	s = p.retireDue(s)
	held := &Pending{Readmit: []string{service}}
	switch {
	case grows:
		if !allUpToDate(spec, have) {
			return Plan{}, &DriftError{Service: service}
		}
		p.proxy(s, w)
		p.note(*s.Routing, held, "a command that is killed here must be known")
		p.add(Step{Action: DoHold, Colour: w.Colour, Services: []string{service}, Cause: "new replicas take traffic when they are ready, not before"})
		p.add(Step{Action: DoCreate, Colour: w.Colour, Services: []string{service}, Cause: fmt.Sprintf("%d containers, %d wanted", len(have), spec.Replicas)})
		p.add(Step{Action: DoStart, Colour: w.Colour, Services: []string{service}, Cause: "not running"})
		p.add(Step{Action: DoAwait, Colour: w.Colour, Services: []string{service}, Cause: "every replica must pass the engine's check"})
		p.add(Step{Action: DoReadmit, Colour: w.Colour, Services: []string{service}, Cause: "they are ready"})
		p.note(*s.Routing, nil, "all take traffic")
		p.add(Step{Action: DoReady, Colour: w.Colour, Cause: "every replica must pass both the engine's and the proxy's check"})
	case spec.Replicas < len(have) && w.Model.Engine == compose.Swarm && s.Live.Reaches(w.Colour):
		return Plan{}, &compose.InvalidError{
			Service: service, Problem: fmt.Sprintf("scaling it down from %d to %d would cut what is in flight: a Swarm chooses itself which task goes", len(have), spec.Replicas),
			Fix: fmt.Sprintf("bring up the other colour with fewer replicas, and switch: docker bluegreen deploy --scale %s=%d", name, spec.Replicas),
		}
	case spec.Replicas < len(have):
		surplus := have[spec.Replicas:]
		p.note(*s.Routing, held, "a command that is killed here must be known")
		p.add(Step{Action: DoRetire, Colour: w.Colour, Containers: surplus, Must: true, Cause: fmt.Sprintf("%d containers, %d wanted", len(have), spec.Replicas)})
		p.add(Step{Action: DoRemove, Colour: w.Colour, Containers: surplus, Cause: "surplus"})
		p.add(Step{Action: DoReadmit, Colour: w.Colour, Services: []string{service}, Containers: surplus, Cause: "the slots are free for others"})
		p.note(*s.Routing, nil, "all take traffic")
		p.proxy(s, w)
	default:
		p.proxy(s, w)
		if len(p.Steps) > 0 {
			p.add(Step{Action: DoReady, Colour: w.Colour, Cause: "an interrupted command may not have waited for it"})
		}
		p.Nothing = fmt.Sprintf("%s has %d containers", service, len(have))
	}
	return p, nil
}

// allUpToDate tells that containers are what the file says.
func allUpToDate(spec compose.Spec, containers []compose.Container) bool {
	return !slices.ContainsFunc(containers, func(c compose.Container) bool { return !spec.UpToDate(c) })
}

// unfit tells that a container is not ready for the engine.
func unfit(c compose.Container) bool { return !c.Ready() }
