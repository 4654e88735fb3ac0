package swarm

import (
	"math"
	"strconv"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/cli/opts"
	"github.com/moby/moby/api/types/container"
	api "github.com/moby/moby/api/types/swarm"
)

// The values of deploy.mode.
const (
	replicated    = "replicated"
	global        = "global"
	replicatedJob = "replicated-job"
	globalJob     = "global-job"
)

func (m *mapper) mode(s types.ServiceConfig) api.ServiceMode {
	replicas := new(uint64(max(0, s.GetScale())))
	switch s.Deploy.Mode {
	case global:
		m.checkUncounted(s)
		return api.ServiceMode{Global: &api.GlobalService{}}
	case globalJob:
		m.checkUncounted(s)
		return api.ServiceMode{GlobalJob: &api.GlobalJob{}}
	case replicatedJob:
		return api.ServiceMode{ReplicatedJob: &api.ReplicatedJob{MaxConcurrent: replicas, TotalCompletions: replicas}}
	case replicated, "":
		return api.ServiceMode{Replicated: &api.ReplicatedService{Replicas: replicas}}
	default:
		m.refuseKey(s.Name, "deploy.mode", "write replicated, global, replicated-job or global-job",
			"has deploy.mode %s, which a Swarm does not know", s.Deploy.Mode)
		return api.ServiceMode{}
	}
}

// checkUncounted reports a number of replicas where each node has one. The
// proxy's is one by the rules of the file, which says nothing on a Swarm.
func (m *mapper) checkUncounted(s types.ServiceConfig) {
	if (s.Scale != nil || s.Deploy.Replicas != nil) && s.Name != m.Proxy.Service {
		m.refuseKey(s.Name, "deploy.replicas", "remove the replicas, or write deploy.mode: replicated",
			"has replicas, but deploy.mode %s runs one task on each node", s.Deploy.Mode)
	}
}

func (m *mapper) resources(s types.ServiceConfig) *api.ResourceRequirements {
	wanted := &api.ResourceRequirements{}
	if l := s.Deploy.Resources.Limits; l != nil {
		wanted.Limits = &api.Limit{NanoCPUs: nanoCPUs(l.NanoCPUs), MemoryBytes: int64(l.MemoryBytes), Pids: l.Pids}
	}
	if r := s.Deploy.Resources.Reservations; r != nil {
		wanted.Reservations = &api.Resources{
			NanoCPUs: nanoCPUs(r.NanoCPUs), MemoryBytes: int64(r.MemoryBytes), GenericResources: generic(r.GenericResources),
		}
	}
	return wanted
}

// nanoCPUs goes by the shortest decimal that means the value: Compose keeps
// 0.1 as a number of 32 bits, which is a little more.
func nanoCPUs(cpus types.NanoCPUs) int64 {
	text := strconv.FormatFloat(float64(cpus), 'f', -1, 32)
	exact, err := strconv.ParseFloat(text, 64)
	if err != nil {
		exact = float64(cpus)
	}
	return int64(math.Round(exact * 1e9))
}

func generic(resources []types.GenericResource) []api.GenericResource {
	var list []api.GenericResource
	for _, r := range resources {
		if d := r.DiscreteResourceSpec; d != nil {
			list = append(list, api.GenericResource{
				DiscreteResourceSpec: &api.DiscreteGenericResource{Kind: d.Kind, Value: d.Value},
			})
		}
	}
	return list
}

// restartPolicy is that of the deploy section, or what restart means on a
// Swarm, which has no "unless-stopped": what is stopped there is removed.
func (m *mapper) restartPolicy(s types.ServiceConfig) *api.RestartPolicy {
	if p := s.Deploy.RestartPolicy; p != nil {
		return &api.RestartPolicy{
			Condition:   api.RestartPolicyCondition(p.Condition),
			Delay:       durationOf(p.Delay),
			MaxAttempts: p.MaxAttempts,
			Window:      durationOf(p.Window),
		}
	}
	if s.Restart == "" {
		return nil
	}
	policy, err := opts.ParseRestartPolicy(s.Restart)
	conditions := map[container.RestartPolicyMode]api.RestartPolicyCondition{
		container.RestartPolicyDisabled:      api.RestartPolicyConditionNone,
		container.RestartPolicyOnFailure:     api.RestartPolicyConditionOnFailure,
		container.RestartPolicyAlways:        api.RestartPolicyConditionAny,
		container.RestartPolicyUnlessStopped: api.RestartPolicyConditionAny,
	}
	condition, known := conditions[policy.Name]
	if err != nil || !known || policy.MaximumRetryCount < 0 {
		m.refuseKey(s.Name, "restart", "write no, always, unless-stopped, on-failure or on-failure:3",
			"has restart %s, which cannot be read", s.Restart)
		return nil
	}
	restart := &api.RestartPolicy{Condition: condition}
	if policy.MaximumRetryCount > 0 {
		restart.MaxAttempts = new(uint64(policy.MaximumRetryCount))
	}
	return restart
}

func updateConfig(u *types.UpdateConfig) *api.UpdateConfig {
	if u == nil {
		return nil
	}
	parallelism := uint64(1)
	if u.Parallelism != nil {
		parallelism = *u.Parallelism
	}
	return &api.UpdateConfig{
		Parallelism:     parallelism,
		Delay:           time.Duration(u.Delay),
		FailureAction:   api.FailureAction(u.FailureAction),
		Monitor:         time.Duration(u.Monitor),
		MaxFailureRatio: u.MaxFailureRatio,
		Order:           api.UpdateOrder(u.Order),
	}
}
