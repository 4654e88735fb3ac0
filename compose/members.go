package compose

import (
	"fmt"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// A member is a service with a colour's profile.
type member struct {
	types.ServiceConfig
	settings serviceSettings
	// colours are one colour, or both of a job that serves both.
	colours []Colour
	job     bool
}

// members lists the coloured services, sorted by name. Those that serve both
// colours for checks alone are none.
func (b *builder) members(proxy string) []member {
	var members []member
	jobs, tests := b.awaited(), b.tests()
	for _, name := range b.services() {
		s := b.source.Services[name]
		colours := coloursOf(s)
		if tests[name] && !jobs[name] && len(colours) > 1 {
			continue
		}
		if len(colours) > 0 && name != proxy {
			members = append(members, member{
				ServiceConfig: s,
				settings:      b.settings[name],
				colours:       colours,
				job:           jobs[name],
			})
		}
	}
	return members
}

// checkMembers holds each coloured service against what would keep two
// colours, or several replicas, from running side by side.
func (b *builder) checkMembers(members []member) {
	if len(members) == 0 {
		b.blameProject("has no pair: no service has the profile blue or green",
			"write a service twice, as NAME-blue with profiles: [blue] and NAME-green with profiles: [green]", "services")
	}
	for _, m := range members {
		b.checkColours(m)
		b.checkFixed(m)
		b.checkReplicas(m)
	}
}

func (b *builder) checkColours(m member) {
	if len(m.colours) == 1 || m.job {
		return
	}
	fix := fmt.Sprintf("write it as two services, %[1]s-blue and %[1]s-green, or share it: without either profile", m.Name)
	for _, c := range Colours() {
		if _, named := stem(m.Name, c); named {
			fix = fmt.Sprintf("write profiles: [%s]", c)
		}
	}
	b.blame(m.Name, "has both profiles, blue and green, which only a job may: no service waits for it to complete", fix, "profiles")
}

// checkFixed reports what only one container can have at a time.
func (b *builder) checkFixed(m member) {
	if m.ContainerName != "" {
		b.blame(m.Name, "has a container_name, but a colour's containers must be free to run beside each other",
			"remove container_name", "container_name")
	}
	if len(m.Ports) > 0 {
		b.blame(m.Name, "publishes ports, which lead past the proxy to one colour",
			"remove ports: the proxy publishes for it, and reaches it without", "ports")
	}
	if m.NetworkMode != "" && m.settings.Worker.Policy == "" {
		b.blame(m.Name, "has network_mode "+m.NetworkMode+", where the proxy cannot find it by its name",
			"remove network_mode, and use networks", "network_mode")
	}
	for _, name := range m.NetworksByPriority() {
		if n := m.Networks[name]; n != nil && (n.Ipv4Address != "" || n.Ipv6Address != "") {
			b.blame(m.Name, "has a fixed address in network "+name+", which only one container can have",
				"remove the address", "networks", name)
		}
	}
}

func (b *builder) checkReplicas(m member) {
	if !m.job && m.GetScale() < 1 {
		b.blame(m.Name, "has no replicas, so that nothing would answer after a switch",
			"write deploy.replicas: 1 or more", "deploy", "replicas")
	}
}

// in tells that the member belongs to a colour.
func (m member) in(c Colour) bool { return slices.Contains(m.colours, c) }
