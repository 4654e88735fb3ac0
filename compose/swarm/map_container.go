package swarm

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/cli/opts"
	"github.com/moby/moby/api/types/container"
	api "github.com/moby/moby/api/types/swarm"
)

func (m *mapper) container(s types.ServiceConfig) *api.ContainerSpec {
	add, drop := opts.EffectiveCapAddCapDrop(s.CapAdd, s.CapDrop)
	return &api.ContainerSpec{
		Image:           s.Image,
		Labels:          m.labelled(s.Labels),
		Command:         s.Entrypoint,
		Args:            s.Command,
		Hostname:        s.Hostname,
		Env:             environment(s.Environment),
		Dir:             s.WorkingDir,
		User:            s.User,
		Groups:          s.GroupAdd,
		Init:            s.Init,
		StopSignal:      s.StopSignal,
		TTY:             s.Tty,
		OpenStdin:       s.StdinOpen,
		ReadOnly:        s.ReadOnly,
		Mounts:          m.mounts(s),
		StopGracePeriod: durationOf(s.StopGracePeriod),
		Healthcheck:     healthcheck(s.HealthCheck),
		Hosts:           hosts(s.ExtraHosts),
		DNSConfig:       m.dns(s),
		Secrets:         m.secretReferences(s),
		Configs:         m.configReferences(s),
		Isolation:       container.Isolation(s.Isolation),
		Sysctls:         s.Sysctls,
		CapabilityAdd:   add,
		CapabilityDrop:  drop,
		Ulimits:         ulimits(s.Ulimits),
	}
}

// environment lists the variables, sorted. Compose has resolved them: one
// without a value is set nowhere, and is left out.
func environment(variables types.MappingWithEquals) []string {
	var list []string
	for name, value := range variables {
		if value != nil {
			list = append(list, name+"="+*value)
		}
	}
	slices.Sort(list)
	return list
}

func durationOf(d *types.Duration) *time.Duration {
	if d == nil {
		return nil
	}
	return new(time.Duration(*d))
}

// durationOr is a time that is zero where the file says none.
func durationOr(d *types.Duration) time.Duration {
	if d == nil {
		return 0
	}
	return time.Duration(*d)
}

func healthcheck(h *types.HealthCheckConfig) *container.HealthConfig {
	if h == nil {
		return nil
	}
	if h.Disable {
		return &container.HealthConfig{Test: []string{"NONE"}}
	}
	check := &container.HealthConfig{
		Test:          h.Test,
		Timeout:       durationOr(h.Timeout),
		Interval:      durationOr(h.Interval),
		StartPeriod:   durationOr(h.StartPeriod),
		StartInterval: durationOr(h.StartInterval),
	}
	if h.Retries != nil {
		check.Retries = int(*h.Retries)
	}
	return check
}

// hosts lists lines of a hosts file: the address comes first.
func hosts(extra types.HostsList) []string {
	var lines []string
	for _, host := range slices.Sorted(maps.Keys(extra)) {
		for _, address := range extra[host] {
			lines = append(lines, address+" "+host)
		}
	}
	return lines
}

func (m *mapper) dns(s types.ServiceConfig) *api.DNSConfig {
	if len(s.DNS) == 0 && len(s.DNSSearch) == 0 && len(s.DNSOpts) == 0 {
		return nil
	}
	dns := &api.DNSConfig{Search: s.DNSSearch, Options: s.DNSOpts}
	for _, server := range s.DNS {
		address, err := netip.ParseAddr(server)
		if err != nil {
			m.refuseKey(s.Name, "dns", "write the name server's IP address", "has dns %s, which is no address: %v", server, err)
			continue
		}
		dns.Nameservers = append(dns.Nameservers, address)
	}
	return dns
}

// ulimits lists the limits, sorted: they come from a map, and another order
// would restart the tasks.
func ulimits(limits map[string]*types.UlimitsConfig) []*container.Ulimit {
	var list []*container.Ulimit
	for name, l := range limits {
		soft, hard := l.Soft, l.Hard
		if l.Single != 0 {
			soft, hard = l.Single, l.Single
		}
		list = append(list, &container.Ulimit{Name: name, Soft: int64(soft), Hard: int64(hard)})
	}
	slices.SortFunc(list, func(a, b *container.Ulimit) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
