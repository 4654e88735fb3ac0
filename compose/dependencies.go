package compose

import (
	"maps"
	"slices"
)

// SharedDependencies lists the shared services that a colour's services
// depend on, directly or through others, sorted by name. The proxy is not
// among them.
func (p *Project) SharedDependencies(c Colour) []string {
	needed := map[string]bool{}
	for _, name := range slices.Concat(p.Jobs[c], p.Members(c)) {
		p.collectShared(name, needed)
	}
	return slices.Sorted(maps.Keys(needed))
}

func (p *Project) collectShared(name string, needed map[string]bool) {
	for on := range p.service(name).DependsOn {
		if slices.Contains(p.Shared, on) && !needed[on] {
			needed[on] = true
			p.collectShared(on, needed)
		}
	}
}
