package swarm

import (
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/network"
	api "github.com/moby/moby/api/types/swarm"
)

func (m *mapper) endpoint(s types.ServiceConfig) *api.EndpointSpec {
	endpoint := &api.EndpointSpec{Mode: api.ResolutionMode(strings.ToLower(s.Deploy.EndpointMode))}
	for _, p := range s.Ports {
		port := api.PortConfig{
			Protocol:      network.IPProtocol(p.Protocol),
			TargetPort:    p.Target,
			PublishedPort: m.published(s.Name, p),
			PublishMode:   api.PortConfigPublishMode(p.Mode),
		}
		m.checkPort(s.Name, p)
		m.checkIngress(s.Name, endpoint.Mode, port)
		endpoint.Ports = append(endpoint.Ports, port)
	}
	slices.SortFunc(endpoint.Ports, api.PortConfig.Compare)
	return endpoint
}

// published is the port of the nodes; zero has the Swarm choose one.
func (m *mapper) published(service string, p types.ServicePortConfig) uint32 {
	if p.Published == "" {
		return 0
	}
	port, err := strconv.ParseUint(p.Published, 10, 16)
	if err != nil {
		m.refuse(service, "write one port: published: \"8080\"",
			"publishes port %d at %s, but a Swarm does not choose from a range", p.Target, p.Published)
	}
	return uint32(port)
}

// checkPort reports an address of one machine: left out, the port would be
// open on all addresses of all nodes.
func (m *mapper) checkPort(service string, p types.ServicePortConfig) {
	switch p.HostIP {
	case "", "0.0.0.0", "::":
	default:
		m.refuse(service, "remove host_ip, and let a firewall say who reaches the port",
			"publishes port %d at address %s, but a Swarm publishes at all addresses of its nodes", p.Target, p.HostIP)
	}
}

// checkIngress reports what a Swarm refuses: the ingress network sends to a
// virtual address, which such a service does not have.
func (m *mapper) checkIngress(service string, mode api.ResolutionMode, p api.PortConfig) {
	if mode == api.ResolutionModeDNSRR && p.PublishMode != api.PortConfigPublishModeHost {
		m.refuse(service, "write mode: host at the port, or deploy.endpoint_mode: vip",
			"publishes port %d in ingress mode, which endpoint mode dnsrr excludes", p.TargetPort)
	}
}
