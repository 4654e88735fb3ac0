package switcher

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// colourToBringUp is the idle colour, or while nothing serves the named one,
// else the one that served last, else blue.
func colourToBringUp(s State, named compose.Colour) (compose.Colour, error) {
	active := s.Active()
	switch {
	case s.Serving() && named == active:
		return "", &ActiveColourError{Colour: active, Doing: "up"}
	case s.Serving() && s.Canary() > 0:
		return "", notInCanary(s, active.Other(), "up")
	case s.Serving():
		return active.Other(), nil
	case named != "":
		return named, nil
	case active != "":
		return active, nil
	default:
		return compose.Blue, nil
	}
}

// planUp plans to bring a colour to what the file says, and to make it
// active when none serves. The active colour, running shared services and
// the running proxy are in none of its steps.
func planUp(s State, w wanted, by Signature) (Plan, error) {
	var p Plan
	if err := missingNeeds(s, w); err != nil {
		return p, err
	}
	if err := unopened(s, w); err != nil {
		return p, err
	}
	if err := replacesInstances(s, w); err != nil {
		return p, err
	}
	replaced := outdated(s, w)
	p.repair(s)
	s = p.unpin(s, w.Colour, "it is to be brought up anew")
	s = p.keepRunning(s, w.Colour)
	p.drainFirst(s, w, replaced)
	p.own(s, w)
	p.proxy(s, w)
	p.shared(s, w)
	p.startProxy(s, w)
	p.keep(s, w)
	p.colour(s, w, replaced)
	p.check(w.Colour, w.Checks)
	p.activate(s, w, by)
	return p, nil
}

// missingNeeds finds a shared service that the colour depends on and that
// does not run, when the plan is not going to start it.
func missingNeeds(s State, w wanted) error {
	if w.Shared || !s.Serving() {
		return nil
	}
	for _, need := range w.Needs {
		if !slices.ContainsFunc(s.Of(need), compose.Container.Running) {
			return &NeedError{Service: need, Colour: w.Colour}
		}
	}
	return nil
}

// repair makes the durable colour live again when a command was killed
// between the two, gives replicas back that a killed scale held, and ends what
// a killed upgrade of the proxy has left.
func (p *Plan) repair(s State) {
	p.clear(s)
	p.readmitHeld(s)
	p.joinSplit(s)
}

// readmitHeld gives replicas back that a killed scale held.
func (p *Plan) readmitHeld(s State) {
	if held := s.Held(); len(held) > 0 && s.ProxyRunning && s.Model != nil {
		_, colour, _ := s.Model.Owner(held[0])
		p.add(Step{Action: DoReadmit, Colour: colour, Services: held, Cause: "an interrupted scale held them back"})
		p.note(*s.Routing, nil, "they are readmitted")
	}
}

// joinSplit makes the durable colour live, and one whose record is lost
// durable again.
func (p *Plan) joinSplit(s State) {
	if s.Lost {
		p.add(Step{
			Action: DoCommit, Colour: s.Active(), Routing: s.Routing,
			Cause: "the record of the active colour is lost",
		})
		return
	}
	if s.Split() {
		p.add(Step{
			Action: DoCommit, Colour: s.Active(), Routing: s.Routing,
			Cause: fmt.Sprintf("the proxy serves %s although %s was committed", s.Live, s.Traffic()),
		})
	}
}

// proxy makes the proxy's container when there is none, and its settings
// when they differ.
func (p *Plan) proxy(s State, w wanted) {
	proxy := w.Model.Proxy
	found := p.holder(s, proxy)
	if !found {
		p.add(Step{Action: DoCreateProxy, Services: []string{proxy.Service}, Cause: "it has no container"})
	}
	if s.Model == nil || !reflect.DeepEqual(*s.Model, w.Model) {
		p.add(Step{Action: DoSave, Services: []string{proxy.Service}, Cause: "later commands need no file"})
	}
	p.preview(s, w)
	if !s.Outdated || !proxy.Generated {
		return
	}
	p.add(Step{Action: DoConfigure, Services: []string{proxy.Service}, Cause: "its settings differ from the file's"})
	if s.ProxyRunning {
		p.add(Step{Action: DoReload, Services: []string{proxy.Service}, Cause: "it runs with the former settings"})
	}
}

// shared converges all shared services when asked to, and otherwise, while
// nothing serves, those that do not run.
func (p *Plan) shared(s State, w wanted) {
	if w.Shared {
		if len(w.Model.Shared) > 0 {
			p.add(Step{Action: DoConverge, Services: w.Model.Shared, Cause: "asked for by --shared"})
		}
		return
	}
	if s.Serving() {
		return
	}
	var down []string
	for _, service := range w.Model.Shared {
		if !slices.ContainsFunc(s.Of(service), compose.Container.Running) {
			down = append(down, service)
		}
	}
	if len(down) > 0 {
		p.add(Step{Action: DoConverge, Services: down, Cause: "not running"})
	}
}

// startProxy starts a proxy that does not run, as it was made.
func (p *Plan) startProxy(s State, w wanted) {
	if !s.ProxyRunning {
		p.startHolder(s, w.Model.Proxy)
		p.add(Step{Action: DoStartProxy, Services: []string{w.Model.Proxy.Service}, Cause: "it does not run"})
	}
}

// own looks for lines that a user's own settings lack, before anything is
// started. The first time it makes the tool's own files, which HAProxy does not
// start without, and without which Traefik has no routes.
func (p *Plan) own(s State, w wanted) {
	proxy := w.Model.Proxy
	if proxy.Generated {
		return
	}
	if s.Routing == nil {
		p.add(Step{Action: DoConfigure, Services: []string{proxy.Service}, Cause: "the files beside your settings must be there before it starts"})
	}
	p.add(Step{Action: DoVerify, Services: []string{proxy.Service}, Cause: "its settings are yours"})
}

// colour replaces what differs, makes what is missing and starts what does
// not run.
func (p *Plan) colour(s State, w wanted, replaced []compose.Container) {
	if len(replaced) > 0 {
		p.add(Step{Action: DoRemove, Colour: w.Colour, Containers: replaced, Cause: "differs from the file"})
	}
	if create := missing(s, w, replaced); len(create) > 0 {
		p.add(Step{Action: DoCreate, Colour: w.Colour, Services: create, Cause: "the file wants more containers than there are"})
	}
	if s.Serving() {
		p.park(w)
	}
	if runsAsWanted(s, w) {
		p.add(Step{Action: DoReady, Colour: w.Colour, Cause: "it runs as the file says"})
		return
	}
	p.start(w)
}

// drainFirst lets the colour's sessions end before their containers go, and
// before anything else is touched: if they do not end, nothing has changed.
func (p *Plan) drainFirst(s State, w wanted, replaced []compose.Container) {
	running := slices.ContainsFunc(replaced, compose.Container.Running)
	if running && s.ProxyRunning && s.Serving() {
		p.add(Step{Action: DoDrain, Colour: w.Colour, Must: true, Cause: "its containers are to be replaced"})
	}
}

// start starts the colour wave by wave; the last wave's readiness is the
// colour's.
func (p *Plan) start(w wanted) {
	jobs, deferred := w.Model.Jobs[w.Colour], w.Model.Deferred(w.Colour)
	for i, wave := range w.Waves {
		var once, serving []string
		for _, service := range wave {
			switch {
			case slices.Contains(deferred, service): // with its colour's activation
			case slices.Contains(jobs, service):
				once = append(once, service)
			default:
				serving = append(serving, service)
			}
		}
		if len(serving) > 0 {
			p.add(Step{Action: DoStart, Colour: w.Colour, Services: serving, Cause: "not running"})
		}
		if len(once) > 0 {
			p.add(Step{Action: DoFinish, Colour: w.Colour, Services: once, Cause: "runs once before what depends on it"})
		}
		if len(serving) > 0 && i < len(w.Waves)-1 {
			p.add(Step{Action: DoAwait, Colour: w.Colour, Services: serving, Cause: "others depend on it"})
		}
	}
	p.add(Step{Action: DoReady, Colour: w.Colour, Cause: "every replica must pass both the engine's and the proxy's check"})
}

// activate commits the colour when none serves, and otherwise notes that an
// interrupted switch's leftovers are gone with the idle colour's former
// containers.
func (p *Plan) activate(s State, w wanted, by Signature) {
	if s.Serving() {
		if s.Pending() != nil {
			p.note(*s.Routing, nil, "an interrupted command left work that this one has done")
		}
		return
	}
	r := by.routing(w.Colour, releaseOfSpecs(w))
	if s.Routing != nil && s.Active() == w.Colour {
		r.Previous, r.PreviousRelease = s.Routing.Previous, s.Routing.PreviousRelease
	}
	if s.Active() == w.Colour.Other() {
		r.Previous, r.PreviousRelease = s.Active(), s.Routing.Release
	}
	p.commitFirst(s, w, r)
}
