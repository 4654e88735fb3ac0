package haproxy

import (
	"strconv"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The columns of "show servers state" (management guide, section 9.3).
const (
	stateBackend = 1
	statePort    = 18
)

// handover picks, out of the servers' states, those that the next worker may
// take over. HAProxy puts a state's port above that of the settings, so a
// server whose port changes has to begin without a state.
func handover(states string, m *compose.Model) string {
	ports := map[string]string{}
	if m != nil {
		for _, p := range m.Pairs {
			for c, route := range p.Routes {
				ports[backend(p.Name, c)] = strconv.Itoa(route.Port)
			}
		}
	}
	var kept strings.Builder
	for line := range strings.Lines(strings.Trim(states, "\n")) {
		columns := strings.Fields(line)
		if len(columns) > statePort {
			if port, known := ports[columns[stateBackend]]; known && port != columns[statePort] {
				continue
			}
		}
		kept.WriteString(line)
	}
	return kept.String()
}
