package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// checkNetworks reports pairs that the proxy cannot reach.
func (b *builder) checkNetworks(m Model) {
	proxy := b.networks(m.Proxy.Service)
	for _, pair := range m.Pairs {
		for _, colour := range Colours() {
			service := pair.Services[colour]
			own := b.networks(service)
			if b.source.Services[service].NetworkMode != "" || slices.ContainsFunc(own, func(n string) bool { return slices.Contains(proxy, n) }) {
				continue
			}
			b.blame(service, fmt.Sprintf("shares no network with the proxy %s", m.Proxy.Service),
				"put both into one network; the proxy is in "+listing(proxy), "networks")
		}
	}
}

// networks lists the networks of a service, those of another service if it
// uses that one's.
func (b *builder) networks(service string) []string {
	owner := b.netOwner(service)
	return owner.NetworksByPriority()
}

// netOwner is the service whose network a service uses: usually its own.
func (b *builder) netOwner(name string) types.ServiceConfig {
	s := b.source.Services[name]
	seen := map[string]bool{}
	for !seen[s.Name] {
		seen[s.Name] = true
		other, ok := strings.CutPrefix(s.NetworkMode, types.ServicePrefix)
		if !ok {
			break
		}
		s = b.source.Services[other]
	}
	return s
}
