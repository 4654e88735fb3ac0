package swarm

import "github.com/compose-spec/compose-go/v2/types"

// checkLimits reports limits in the style of one engine, where the deploy
// section does not say the same.
func (m *mapper) checkLimits(s types.ServiceConfig) {
	var limits, reservations types.Resource
	if s.Deploy != nil && s.Deploy.Resources.Limits != nil {
		limits = *s.Deploy.Resources.Limits
	}
	if s.Deploy != nil && s.Deploy.Resources.Reservations != nil {
		reservations = *s.Deploy.Resources.Reservations
	}
	for _, l := range []struct {
		key, instead string
		lost         bool
	}{
		{"cpus", "limits.cpus", s.CPUS != 0 && limits.NanoCPUs.Value() != s.CPUS},
		{"mem_limit", "limits.memory", s.MemLimit != 0 && limits.MemoryBytes != s.MemLimit},
		{"mem_reservation", "reservations.memory", s.MemReservation != 0 && reservations.MemoryBytes != s.MemReservation},
		{"pids_limit", "limits.pids", s.PidsLimit != 0 && limits.Pids != s.PidsLimit},
	} {
		if l.lost {
			m.refuseKey(s.Name, l.key, "write deploy.resources."+l.instead+" instead",
				"has %s, which a service of a Swarm cannot have", l.key)
		}
	}
}
