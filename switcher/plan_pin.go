package switcher

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A project may want its visitors to stay with the release that they began on: a
// page of one release then never calls the API of another. They stay where they
// are through a canary, and after a switch for as long as a drain may last; new
// visitors get the new colour at once. Who goes back, by a rollback or a bake,
// takes everybody along: the release that they would stay with is the bad one.

// pins is the colour whose visitors stay when the traffic moves to another; ""
// for none.
func (s State) pins(from compose.Colour, action string) compose.Colour {
	if s.Model == nil || !s.Model.Sticks() || action == Rollback || len(s.Model.Services(from)) == 0 {
		return ""
	}
	return from
}

// letGo sends the visitors of a pinned colour to the active one, and gives the
// routing that is left.
func (p *Plan) letGo(r Routing, cause string) Routing {
	if r.Pinned == "" || r.Canary > 0 {
		return r
	}
	pinned := r.Pinned
	r.Pinned = ""
	p.add(Step{Action: DoUnpin, Colour: pinned, Routing: &r, Cause: cause})
	return r
}

// outstay lets the visitors of a pinned colour stay for a while before they go.
func (p *Plan) outstay(r Routing) {
	if r.Pinned == "" || r.Canary > 0 {
		return
	}
	p.add(Step{Action: DoPin, Colour: r.Pinned, Cause: "who began on it stays for the time of a drain"})
	p.letGo(p.leaves(r), everybody(r))
}

func everybody(r Routing) string { return fmt.Sprintf("from now on everybody gets %s", r.Active) }

// unpin sends the visitors of a colour to the active one at once, for it is about
// to be touched, and gives the state to plan on with.
func (p *Plan) unpin(s State, c compose.Colour, cause string) State {
	if s.Routing == nil || s.Routing.Pinned != c {
		return s
	}
	r := p.letGo(p.leaves(*s.Routing), cause)
	s.Routing, s.Live = &r, r.Traffic()
	return s
}
