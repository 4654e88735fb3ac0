package switcher

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// All is the share of a colour that takes all traffic, in percent.
const All = 100

// LotCookie is the cookie by which a client stays with its colour while a canary
// is on.
const LotCookie = "bluegreen-lot"

// ColourCookie is the cookie by which a visitor stays with the colour that it
// began on, where a project wants that.
const ColourCookie = "bluegreen-colour"

// Traffic is who gets the visitors. It is one value at the proxy, so that a
// change of all parts is one step.
type Traffic struct {
	// Active takes what Canary leaves; "" is no colour.
	Active compose.Colour
	// Canary is the share of the other colour, in percent of the clients; 0
	// while no canary is on.
	Canary int
	// Pinned is the colour that keeps the visitors who began on it; "" for none.
	// It is the active one during a canary, and the former one after a switch.
	Pinned compose.Colour
}

// String says it in words: "blue", "blue, and green for 10%", or "green, and blue
// for those who began on it".
func (t Traffic) String() string {
	text := t.Active.OrNone()
	if t.Canary > 0 {
		text += fmt.Sprintf(", and %s for %d%%", t.Active.Other(), t.Canary)
	}
	if t.Pinned != "" {
		text += fmt.Sprintf(", and %s for those who began on it", t.Pinned)
	}
	return text
}

// Reaches tells that a colour gets visitors.
func (t Traffic) Reaches(c compose.Colour) bool {
	return c != "" && (c == t.Active || c == t.Pinned || c == t.Active.Other() && t.Canary > 0)
}

// Traffic is what a routing says of the visitors.
func (r Routing) Traffic() Traffic {
	return Traffic{Active: r.Active, Canary: r.Canary, Pinned: r.Pinned}
}

// Traffic is what the durable routing says of the visitors.
func (s State) Traffic() Traffic {
	if s.Routing == nil {
		return Traffic{}
	}
	return s.Routing.Traffic()
}

// Canary is the durable share of the idle colour, in percent.
func (s State) Canary() int { return s.Traffic().Canary }
