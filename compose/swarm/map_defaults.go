package swarm

import (
	"slices"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	api "github.com/moby/moby/api/types/swarm"
)

// proxyConstraint selects the nodes that take the traffic.
const proxyConstraint = "node.labels.bluegreen.proxy==true"

// proxyGrace is how long a proxy that is replaced may take to end what is in
// flight.
const proxyGrace = 10 * time.Minute

// withDefaults fills in what the file leaves open and a release needs: the file
// always wins. The service that it returns has a deploy section of its own.
func (m *mapper) withDefaults(s types.ServiceConfig) types.ServiceConfig {
	deploy := types.DeployConfig{}
	if s.Deploy != nil {
		deploy = *s.Deploy
	}
	s.Deploy = &deploy
	if _, _, ok := m.Owner(s.Name); ok {
		ofPair(&deploy)
	}
	switch {
	case s.Name == m.Proxy.Service:
		m.ofProxy(&s)
	case m.once(s.Name):
		ofJob(&s)
	}
	return s
}

// ofPair has the proxy resolve the tasks themselves, which it checks one by
// one, and a node's loss take as few of them as possible.
func ofPair(d *types.DeployConfig) {
	byName(d)
	if len(d.Placement.Preferences) == 0 {
		d.Placement.Preferences = []types.PlacementPreferences{{Spread: "node.id"}}
	}
}

// byName has the service's name stand for its tasks' addresses.
func byName(d *types.DeployConfig) {
	if d.EndpointMode == "" {
		d.EndpointMode = string(api.ResolutionModeDNSRR)
	}
}

// ofJob has a service run once. What fails is the release's to report.
func ofJob(s *types.ServiceConfig) {
	if s.Deploy.Mode == "" {
		s.Deploy.Mode = replicatedJob
	}
	if s.Deploy.RestartPolicy == nil && s.Restart == "" {
		s.Deploy.RestartPolicy = &types.RestartPolicy{Condition: string(api.RestartPolicyConditionNone)}
	}
}

// ofProxy puts a proxy on each chosen node, at the node's own ports: what is in
// flight then depends on that node alone.
func (m *mapper) ofProxy(s *types.ServiceConfig) {
	byName(s.Deploy)
	if s.Deploy.Mode == "" {
		s.Deploy.Mode = global
	}
	if len(s.Deploy.Placement.Constraints) == 0 {
		s.Deploy.Placement.Constraints = []string{proxyConstraint}
	}
	if s.StopGracePeriod == nil {
		s.StopGracePeriod = new(types.Duration(proxyGrace))
	}
	m.ontoHost(s)
}

// ontoHost publishes the proxy's ports in host mode. Compose fills in ingress
// where the file says nothing, so that it cannot be told whether the file does.
func (m *mapper) ontoHost(s *types.ServiceConfig) {
	s.Ports = slices.Clone(s.Ports)
	for i, p := range s.Ports {
		if p.Mode != string(api.PortConfigPublishModeHost) {
			s.Ports[i].Mode = string(api.PortConfigPublishModeHost)
			m.remark("service %q: port %d is published in host mode, on the nodes that run the proxy, and not in ingress mode",
				s.Name, p.Target)
		}
	}
}
