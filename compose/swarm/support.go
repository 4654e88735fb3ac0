package swarm

import (
	"maps"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// checkSupport refuses what the tool does on one engine and cannot do on a Swarm,
// before anything is touched. The reasons stand in docs/swarm.md.
func (m *mapper) checkSupport() {
	m.checkProxy()
	m.checkReserved()
	for _, w := range m.Workers {
		if policy := w.Policy(); policy != compose.Overlap {
			m.refuse(w.Services[compose.Blue], "have both colours' workers at work: worker: overlap",
				"its workers hand over by %s, for which single containers have to be signalled, and a Swarm's manager reaches those of its own node alone", policy)
		}
	}
	for _, c := range m.Checks {
		if c.Exec.Line != "" || len(c.Exec.Args) > 0 {
			m.refuse("", "check by a request, or by a one-shot service: run: SERVICE",
				"check %q runs a command in a container, and a Swarm's manager enters those of its own node alone", c.Name())
		}
	}
	for _, moment := range slices.Sorted(maps.Keys(m.Hooks)) {
		for _, hook := range m.Hooks[moment] {
			if hook.Service != "" {
				m.refuse(hook.Service, "run the hook on the machine where the command is typed: leave service out",
					"hook %s runs in its containers, and a Swarm's manager enters those of its own node alone", moment)
			}
		}
	}
}

// checkReserved keeps the names of the control service and its network from being
// the file's: whoever is in that network may tell the proxies what to do.
func (m *mapper) checkReserved() {
	if _, taken := m.Source.AllServices()[controlService]; taken {
		m.refuse(controlService, "give the service another name", "the name %s is that of the tool's own service on a Swarm", controlService)
	}
	for key, n := range m.Source.Networks {
		if key == controlNetwork || n.Name == m.scope(controlNetwork) {
			m.refuse("", "give the network another name", "the network %s has the name of the tool's own on a Swarm, %s", key, m.scope(controlNetwork))
		}
	}
}

func (m *mapper) checkProxy() {
	switch p := m.Proxy; {
	case p.Kind != compose.HAProxy:
		m.refuse(p.Service, "use HAProxy, or one engine",
			"%s cannot be told on a Swarm which colour is active: it reads that from a file, which a Swarm gives its tasks only when they start", p.Kind)
	case !p.Generated:
		m.refuse(p.Service, "have them generated: x-bluegreen: {proxy: {settings: generated}}",
			"its settings are your own, and on a Swarm they are made for the network by which the tool reaches each instance")
	}
}
