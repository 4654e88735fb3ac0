package swarm

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// remarkIgnored tells what of a service has no effect, and does no harm.
func (m *mapper) remarkIgnored(s types.ServiceConfig) {
	m.remarkOrder(s)
	if s.Build != nil && s.Image != "" {
		m.remark("service %q: build has no effect, for nodes pull %s: build and push it before", s.Name, s.Image)
	}
	if s.ContainerName != "" {
		m.remark("service %q: container_name %s names no container on a Swarm; other services reach it by that name all the same",
			s.Name, s.ContainerName)
	}
	switch s.PullPolicy {
	case "", types.PullPolicyMissing, types.PullPolicyIfNotPresent, types.PullPolicyNever: // with never, no registry is asked for the digest
	default:
		m.remark("service %q: pull_policy %s has no effect, for a node pulls what it does not have", s.Name, s.PullPolicy)
	}
	if s.Develop != nil {
		m.remark("service %q: develop has no effect on a Swarm", s.Name)
	}
	if len(s.Links) > 0 {
		m.remark("service %q: links have no effect on a Swarm, where services of one network know each other's names", s.Name)
	}
}

// remarkOrder tells of dependencies that order nothing. Those on jobs are the
// release's to keep.
func (m *mapper) remarkOrder(s types.ServiceConfig) {
	var on []string
	for _, name := range slices.Sorted(maps.Keys(s.DependsOn)) {
		if s.DependsOn[name].Condition != types.ServiceConditionCompletedSuccessfully {
			on = append(on, name)
		}
	}
	if len(on) > 0 {
		m.remark("service %q: depends_on %s has no effect on a Swarm, which starts services in no order: "+
			"only shared services and jobs start before a colour", s.Name, strings.Join(on, ", "))
	}
}
