package traefik

import "github.com/bluegreen/docker-bluegreen/compose"

// probe makes the ways of the tool's own requests, by which it watches a switch
// from where visitors come from. They lead where those of visitors do; the
// answers name the colour, those of Traefik itself included.
func (d *dynamic) probe(m compose.Model, t table, e entries, token string) {
	active := t.Routing.Active
	if m.Preview == compose.PreviewOff || token == "" || active == "" {
		return
	}
	for _, p := range m.Pairs {
		r := p.Routes[active]
		if !p.Has(active) || r.Mode != compose.HTTP {
			continue
		}
		d.way(probeOf(p.Name), router{
			EntryPoints: e[r.Listen], Rule: header(compose.ProbeHeader, token) + " && " + rule(r),
			Priority: probePriority + priority(r), Service: serviceOf(p.Name, active), Middlewares: []string{sayColour, tryAgain, hideProbe},
		}, t.Leaving)
	}
}
