package compose

import (
	"fmt"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// checkDependencies reports what would tie a colour to what outlives it, or
// the two colours to each other. Links, volumes_from and shared namespaces are
// dependencies as well; Compose has turned them into depends_on.
func (b *builder) checkDependencies(members []member, proxy string) {
	coloured := map[string]member{}
	for _, m := range members {
		coloured[m.Name] = m
	}
	for _, name := range b.services() {
		s := b.source.Services[name]
		for _, on := range slices.Sorted(maps.Keys(s.DependsOn)) {
			if target, ok := coloured[on]; ok {
				b.checkDependency(s, target, proxy)
			}
			if off, ok := b.source.DisabledServices[on]; ok && s.DependsOn[on].Required {
				b.blame(name, fmt.Sprintf("depends on %s, whose profile is not active: %s", on, listing(off.Profiles)),
					fmt.Sprintf("remove the profile, activate it (COMPOSE_PROFILES=%s), or write required: false", off.Profiles[0]), "depends_on", on)
			}
		}
	}
}

// checkDependency judges a dependency on a coloured service.
func (b *builder) checkDependency(s types.ServiceConfig, on member, proxy string) {
	switch {
	case s.Name == proxy:
		b.blame(s.Name, fmt.Sprintf("is the proxy and depends on %s, which comes and goes with its colour", on.Name),
			fmt.Sprintf("remove depends_on %s: the proxy finds its servers when they are there", on.Name), "depends_on", on.Name)
	case len(coloursOf(s)) == 0:
		b.blame(s.Name, fmt.Sprintf("is shared by both colours and depends on %s, which comes and goes with its colour", on.Name),
			fmt.Sprintf("remove depends_on %s, or give the service a colour too", on.Name), "depends_on", on.Name)
	default:
		for _, colour := range coloursOf(s) {
			if !on.in(colour) {
				b.blame(s.Name, fmt.Sprintf("is %s and depends on %s, which is %s", colour, on.Name, colour.Other()),
					"depend on the service of the same colour", "depends_on", on.Name)
			}
		}
	}
}
