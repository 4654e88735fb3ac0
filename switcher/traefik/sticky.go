package traefik

import (
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Where visitors stay with the release that they began on, Traefik itself gives
// each a cookie with the colour that answers: its value is the hash of a child's
// name, which begins with the colour's digit, so that all pairs know it (see
// canary.go). Visitors with the cookie of the colour that keeps them go before
// those with a lot.
const pinnedPriority = 55_000

// colourDigits are the first digits of the colours' cookies.
var colourDigits = map[compose.Colour]int{compose.Blue: 0xb, compose.Green: 0xe}

// target is where visitors of a pair get a colour, with its cookie where they
// are to stay.
func (d *dynamic) target(m compose.Model, p compose.Pair, c compose.Colour) string {
	served := serviceOf(p.Name, c)
	if !m.Sticks() || p.Routes[c].Mode != compose.HTTP {
		return served
	}
	one := lotOf(p.Name, switcher.ColourCookie, colourDigits[c])
	d.HTTP.Services[one] = service{Weighted: &weighted{Services: []child{{Name: served}}}}
	giving := sticky(switcher.ColourCookie)
	giving.Services = []child{{Name: one}}
	d.HTTP.Services[beganOf(p.Name, c)] = service{Weighted: giving}
	return beganOf(p.Name, c)
}

// pin makes the ways of visitors who stay with a colour.
func (d *dynamic) pin(m compose.Model, t table, e entries) {
	c := t.Routing.Pinned
	if c == "" {
		return
	}
	began := hasLot(switcher.ColourCookie, colourDigits[c], colourDigits[c]+1)
	for _, p := range m.Pairs {
		if r := p.Routes[c]; p.Has(c) && r.Mode == compose.HTTP {
			d.lotWay(pinnedOf(p.Name), began, pinnedPriority, d.wayTo(r, d.whileThere(m, p, t), e), t.Leaving)
		}
	}
	d.tell(pinnedPrefix+string(c), "/pinned")
}

// whileThere is the service of a colour as long as one of its replicas is up,
// then that of the active one: what visitors began on is no more. Traefik can
// tell by its own checks alone, and stays with a service that has no replicas.
func (d *dynamic) whileThere(m compose.Model, p compose.Pair, t table) string {
	c, active := t.Routing.Pinned, t.Routing.Active
	served := serviceOf(p.Name, c)
	switch {
	case c == active || !p.Has(active) || p.Routes[active].Mode != compose.HTTP:
		return served
	case len(t.in(p.Services[c])) == 0:
		return d.target(m, p, active)
	case p.Routes[c].Health == "":
		return served
	}
	d.HTTP.Services[keepingOf(p.Name, c)] = service{Failover: &failover{Service: served, Fallback: d.target(m, p, active)}}
	return keepingOf(p.Name, c)
}

// pinned is the colour that keeps visitors in a running Traefik.
func (v *view) pinned() (c compose.Colour, err error) {
	for name := range v.Routers {
		rest, found := strings.CutPrefix(name, pinnedPrefix)
		if !found {
			continue
		}
		if c != "" {
			return "", fmt.Errorf("two of its routers say who keeps visitors, %s and %s", c, rest)
		}
		if c, err = compose.ParseColour(strings.TrimSuffix(rest, provider)); err != nil {
			return "", err
		}
	}
	return c, nil
}
