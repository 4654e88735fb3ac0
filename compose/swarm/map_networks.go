package swarm

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/network"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"
)

// Network is a network of the file: one that is there already when it is
// External, else one to create with Options.
type Network struct {
	// Name is its name on the Swarm.
	Name     string
	External bool
	Options  client.NetworkCreateOptions
}

func (m *mapper) networks() map[string]Network {
	all := map[string]Network{}
	for _, key := range slices.Sorted(maps.Keys(m.Source.Networks)) {
		n := m.Source.Networks[key]
		all[key] = Network{Name: n.Name, External: bool(n.External)}
		if !n.External {
			m.checkNetwork(key, n)
			all[key] = Network{Name: n.Name, Options: client.NetworkCreateOptions{
				Driver:     cmp.Or(n.Driver, "overlay"),
				EnableIPv6: n.EnableIPv6,
				IPAM:       m.ipam(key, n.Ipam),
				Internal:   n.Internal,
				Attachable: n.Attachable,
				Options:    n.DriverOpts,
				Labels:     m.labelled(n.Labels),
			}}
		}
	}
	return all
}

// checkNetwork reports a network that tasks on other nodes could not join.
func (m *mapper) checkNetwork(key string, n types.NetworkConfig) {
	if n.Driver == "bridge" {
		m.refuse("", "remove the driver: it is overlay then",
			"network %q has driver bridge, whose networks do not leave one machine", key)
	}
	if n.EnableIPv4 != nil && !*n.EnableIPv4 {
		m.refuse("", "remove enable_ipv4", "network %q has enable_ipv4: false, which a Swarm's networks cannot have", key)
	}
}

func (m *mapper) ipam(key string, wanted types.IPAMConfig) *network.IPAM {
	if wanted.Driver == "" && len(wanted.Config) == 0 && len(wanted.Options) == 0 {
		return nil
	}
	ipam := &network.IPAM{Driver: wanted.Driver, Options: wanted.Options}
	for _, pool := range wanted.Config {
		if pool == nil {
			continue
		}
		config := network.IPAMConfig{
			Subnet:  parsed(m, key, "subnet", pool.Subnet, netip.ParsePrefix),
			IPRange: parsed(m, key, "ip_range", pool.IPRange, netip.ParsePrefix),
			Gateway: parsed(m, key, "gateway", pool.Gateway, netip.ParseAddr),
		}
		for host, address := range pool.AuxiliaryAddresses {
			if config.AuxAddress == nil {
				config.AuxAddress = map[string]netip.Addr{}
			}
			config.AuxAddress[host] = parsed(m, key, "aux_addresses", address, netip.ParseAddr)
		}
		ipam.Config = append(ipam.Config, config)
	}
	return ipam
}

// parsed reads an address of a network; "" is none.
func parsed[T any](m *mapper, network, what, text string, parse func(string) (T, error)) T {
	var none T
	if text == "" {
		return none
	}
	value, err := parse(text)
	if err != nil {
		m.refuse("", "write it as 10.1.0.0/16, or 10.1.0.1 for a single address",
			"network %q has %s %s, which cannot be read: %v", network, what, text, err)
	}
	return value
}

// attachments lists the networks of a service's tasks, sorted by name.
func (m *mapper) attachments(s types.ServiceConfig) []api.NetworkAttachmentConfig {
	switch s.NetworkMode {
	case "":
	case network.NetworkHost, network.NetworkNone:
		return []api.NetworkAttachmentConfig{{Target: s.NetworkMode}}
	default:
		if s.Name != m.Proxy.Service || m.Proxy.Holder == "" { // else checkHolder has told
			m.refuseKey(s.Name, "network_mode", "remove network_mode, and use networks",
				"has network_mode %s, but tasks of a Swarm share no network with one container or machine", s.NetworkMode)
		}
		return nil
	}
	var all []api.NetworkAttachmentConfig
	for _, key := range s.NetworksByPriority() {
		m.checkAttachment(s.Name, key, s.Networks[key])
		all = append(all, m.attachment(s, key))
	}
	slices.SortFunc(all, func(a, b api.NetworkAttachmentConfig) int { return cmp.Compare(a.Target, b.Target) })
	return all
}

func (m *mapper) attachment(s types.ServiceConfig, key string) api.NetworkAttachmentConfig {
	n := cmp.Or(s.Networks[key], &types.ServiceNetworkConfig{})
	at := api.NetworkAttachmentConfig{
		Target:     m.Source.Networks[key].Name,
		Aliases:    slices.Clone(n.Aliases),
		DriverOpts: n.DriverOpts,
	}
	if at.Target == network.NetworkHost || at.Target == network.NetworkNone {
		return at // these know no aliases
	}
	if n.ServiceNameAliasEnabled() {
		at.Aliases = append(at.Aliases, s.Name)
	}
	// On one engine a container is found by this name, too.
	if s.ContainerName != "" {
		at.Aliases = append(at.Aliases, s.ContainerName)
	}
	return at
}

// checkAttachment reports what only one container can have, where a service
// may have many tasks.
func (m *mapper) checkAttachment(service, key string, n *types.ServiceNetworkConfig) {
	if n == nil {
		return
	}
	for _, fixed := range []struct {
		key string
		set bool
	}{
		{"ipv4_address", n.Ipv4Address != ""},
		{"ipv6_address", n.Ipv6Address != ""},
		{"link_local_ips", len(n.LinkLocalIPs) > 0},
		{"mac_address", n.MacAddress != ""},
		{"interface_name", n.InterfaceName != ""},
	} {
		if fixed.set {
			m.refuse(service, "remove it, and use the service's name or an alias",
				"has %s in network %s, which the tasks of a Swarm cannot have", fixed.key, key)
		}
	}
	if n.Priority != 0 || n.GatewayPriority != 0 {
		m.remark("service %q: the priority of network %s has no effect on a Swarm, which orders networks itself", service, key)
	}
}
