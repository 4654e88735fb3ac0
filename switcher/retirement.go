package switcher

import (
	"context"
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Retirement is a colour that is to be stopped some time after a switch. It is
// carried out by the first command that changes something and comes after Due,
// once the colour serves nothing any more.
type Retirement struct {
	Colour compose.Colour `json:"colour"`
	Due    time.Time      `json:"due"`
	// Cut lets what it still serves then be cut.
	Cut bool `json:"cut,omitempty"`
}

// String says when, as a person reads it.
func (r Retirement) String() string {
	return fmt.Sprintf("%s after %s", r.Colour, r.Due.Local().Format(time.DateTime))
}

// NeverRetire is a SwitchOptions.Retire that overrules the file.
const NeverRetire = time.Duration(-1)

// Retirement is the colour that is to be stopped; nil for none. It is never one
// that visitors are sent to, whatever was written when, nor while a bake may
// still take the traffic back to it.
func (s State) Retirement() *Retirement {
	if s.Routing == nil || s.Routing.Pending == nil || s.Model == nil {
		return nil
	}
	retire := s.Routing.Pending.Retire
	baking := s.Routing.Pending.Bake > 0
	if retire == nil || s.Traffic().Reaches(retire.Colour) || baking {
		return nil
	}
	return retire
}

// retiresNow tells that the time is over and nothing is left to serve. A proxy
// that still serves the colour, for it was not told better, has to be told first.
func (s State) retiresNow() bool {
	retire := s.Retirement()
	over := retire != nil && !s.Now.Before(retire.Due)
	return over && s.ProxyRunning && !s.Split() && (retire.Cut || s.Lingering.Total() == 0)
}

// observeRetirement counts what a colour whose time is over still serves.
func (v *visit) observeRetirement(ctx context.Context) (err error) {
	v.state.Now, v.state.Lingering = v.Now(), InFlight{}
	retire := v.state.Retirement()
	if retire == nil || v.state.Now.Before(retire.Due) || !v.state.ProxyRunning {
		return nil
	}
	v.state.Lingering, err = v.line.InFlight(ctx, v.state.Side(*v.state.Model, retire.Colour))
	return err
}

// retireDue stops the colour whose time is over, and gives the state to plan on
// with.
func (p *Plan) retireDue(s State) State {
	if !s.retiresNow() {
		return s
	}
	retire := s.Retirement()
	if running := s.running(retire.Colour); len(running) > 0 {
		p.add(Step{
			Action: DoStop, Colour: retire.Colour, Containers: running,
			Cause: fmt.Sprintf("it was to be kept until %s", retire.Due.Local().Format(time.DateTime)),
		})
	}
	return p.dropRetirement(s, "the former colour is stopped")
}

// keepRunning gives up stopping a colour that is wanted again.
func (p *Plan) keepRunning(s State, c compose.Colour) State {
	if retire := s.Retirement(); retire == nil || retire.Colour != c {
		return s
	}
	return p.dropRetirement(s, fmt.Sprintf("%s is wanted again, so it is not to be stopped any more", c))
}

// dropRetirement notes that no colour is to be stopped any more.
func (p *Plan) dropRetirement(s State, cause string) State {
	r := p.leaves(*s.Routing)
	pending := *r.Pending
	pending.Retire = nil
	r.Pending = pending.orNil()
	s.Routing = &r
	p.note(r, r.Pending, cause)
	return s
}

// leaves is the routing as the steps so far leave it.
func (p *Plan) leaves(r Routing) Routing {
	for _, s := range p.Steps {
		if s.Routing != nil {
			r = *s.Routing
		}
	}
	return r
}

// orNil is what is pending; nil for nothing.
func (p Pending) orNil() *Pending {
	if p.From == "" && !p.Workers && len(p.Readmit) == 0 && p.Retire == nil {
		return nil
	}
	return &p
}

// beside is what is pending beside a retirement that the routing has: that
// stays whatever else is done.
func (r Routing) beside(pending *Pending) *Pending {
	if r.Pending == nil || r.Pending.Retire == nil {
		return pending
	}
	var both Pending
	if pending != nil {
		both = *pending
	}
	both.Retire = r.Pending.Retire
	return &both
}

// retirement is what a move has become of the colour that it leaves; nil where
// that goes on, or is stopped at once.
func (v *visit) retirement(o Options, stop bool, after time.Duration) *Retirement {
	if after == 0 && v.state.Model != nil {
		after = v.state.Model.Retire
	}
	if stop || after <= 0 {
		return nil
	}
	return &Retirement{Colour: v.active(), Due: v.Now().Add(after), Cut: o.Cut}
}
