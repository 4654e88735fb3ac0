package compose

import (
	"maps"
	"slices"
)

// With is the model in which colour c is as in other, and the other colour
// stays as in m. Names, proxy and shared services are other's, but for TLS at the
// ports of the colour that stays.
func (m Model) With(c Colour, other Model) Model {
	merged := other
	merged.Pairs = nil
	names := map[string]bool{}
	for _, p := range append(slices.Clone(m.Pairs), other.Pairs...) {
		names[p.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		pair := Pair{Name: name, Services: map[Colour]string{}, Replicas: map[Colour]int{}, Routes: map[Colour]Route{}}
		pair.take(c, other)
		pair.take(c.Other(), m)
		pair.previewAt(c.Other(), other)
		if len(pair.Services) > 0 {
			merged.Pairs = append(merged.Pairs, pair)
		}
	}
	merged.Workers = m.withWorkers(c, other)
	merged.Jobs = nil
	merged.takeJobs(c, other)
	merged.takeJobs(c.Other(), m)
	merged.keepTLS(m, c.Other())
	return merged
}

// take copies what m says of the pair in colour c.
func (p *Pair) take(c Colour, m Model) {
	from, found := m.Pair(p.Name)
	if !found || !from.Has(c) {
		return
	}
	p.Services[c] = from.Services[c]
	p.Replicas[c] = from.Replicas[c]
	p.Routes[c] = from.Routes[c]
}

// previewAt has previews of the pair's colour come as a file has it: that is no way of
// visitors', and one that is closed is closed at once.
func (p *Pair) previewAt(c Colour, file Model) {
	route, has := p.Routes[c]
	if !has {
		return
	}
	route.Preview = ""
	if said, found := file.Pair(p.Name); found {
		route.Preview = said.Routes[c].Preview
	}
	p.Routes[c] = route
}

// takeJobs copies the jobs of a colour. A model without jobs has no map, so
// that it equals the one that was recorded.
func (m *Model) takeJobs(c Colour, from Model) {
	jobs := from.Jobs[c]
	if len(jobs) == 0 {
		return
	}
	if m.Jobs == nil {
		m.Jobs = map[Colour][]string{}
	}
	m.Jobs[c] = jobs
}
