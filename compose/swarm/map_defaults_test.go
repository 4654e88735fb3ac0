package swarm

import (
	"testing"
	"time"

	api "github.com/moby/moby/api/types/swarm"
	"gotest.tools/v3/assert"
)

func TestDefaultsOfPairs(t *testing.T) {
	stack := file{pair: "    scale: 3"}.mapped(t)
	for _, colour := range []string{"blue", "green"} {
		spec := stack.Services["web-"+colour]
		assert.Equal(t, spec.Name, "shop_web-"+colour)
		assert.Equal(t, spec.EndpointSpec.Mode, api.ResolutionModeDNSRR)
		assert.Equal(t, *spec.Mode.Replicated.Replicas, uint64(3))
		assert.DeepEqual(t, spec.TaskTemplate.Placement.Preferences, spread("node.id"))
		assert.Equal(t, len(spec.TaskTemplate.Placement.Constraints), 0)
		assert.DeepEqual(t, spec.TaskTemplate.Networks, []api.NetworkAttachmentConfig{
			{Target: "shop_default", Aliases: []string{"web-" + colour}},
		})
	}
}

func TestTheFileWinsOverThePairsDefaults(t *testing.T) {
	spec := file{pair: "    deploy: {endpoint_mode: vip, placement: {preferences: [{spread: node.labels.zone}]}}"}.mapped(t).Services["web-blue"]
	assert.Equal(t, spec.EndpointSpec.Mode, api.ResolutionModeVIP)
	assert.DeepEqual(t, spec.TaskTemplate.Placement.Preferences, spread("node.labels.zone"))
}

func spread(over string) []api.PlacementPreference {
	return []api.PlacementPreference{{Spread: &api.SpreadOver{SpreadDescriptor: over}}}
}

// waits has a pair wait for a job of both colours, and for one of its own.
const waits = `
    depends_on: {both: {condition: service_completed_successfully}, own-COLOUR: {condition: service_completed_successfully}}
`

// once is a file with all that a release runs to its end: a job of both colours,
// one of each, and a check.
func once(more string) file {
	services := ""
	for name, profiles := range map[string]string{
		"both": "[blue, green]", "own-blue": "[blue]", "own-green": "[green]", "test": "[blue, green]",
	} {
		services += "  " + name + ": {image: 'app:1', profiles: " + profiles + more + "}\n"
	}
	return file{top: "x-bluegreen: {checks: [{pair: web, run: test}]}\n", services: services, proxy: quiet, pair: waits}
}

func TestDefaultsOfWhatRunsOnce(t *testing.T) {
	stack := once("").mapped(t)
	assert.Equal(t, len(stack.Remarks), 0, "%v", stack.Remarks)
	for _, name := range []string{"both", "own-blue", "own-green", "test"} {
		spec := stack.Services[name]
		assert.DeepEqual(t, spec.Mode, api.ServiceMode{
			ReplicatedJob: &api.ReplicatedJob{MaxConcurrent: new(uint64(1)), TotalCompletions: new(uint64(1))},
		})
		assert.DeepEqual(t, spec.TaskTemplate.RestartPolicy, &api.RestartPolicy{Condition: api.RestartPolicyConditionNone})
		assert.Equal(t, spec.EndpointSpec.Mode, api.ResolutionMode(""))
	}
}

func TestTheFileWinsOverTheJobsDefaults(t *testing.T) {
	for more, want := range map[string]api.RestartPolicyCondition{
		", deploy: {mode: global-job, restart_policy: {condition: on-failure}}": api.RestartPolicyConditionOnFailure,
		", deploy: {mode: global-job}, restart: on-failure":                     api.RestartPolicyConditionOnFailure,
	} {
		spec := once(more).mapped(t).Services["both"]
		assert.DeepEqual(t, spec.Mode, api.ServiceMode{GlobalJob: &api.GlobalJob{}})
		assert.Equal(t, spec.TaskTemplate.RestartPolicy.Condition, want)
	}
}

func TestDefaultsOfTheProxy(t *testing.T) {
	spec := file{proxy: "    scale: 1\n    ports: ['8080:80', {target: 81, published: 81, mode: ingress}]"}.mapped(t).Services["lb"]
	assert.DeepEqual(t, spec.Mode, api.ServiceMode{Global: &api.GlobalService{}})
	assert.DeepEqual(t, spec.TaskTemplate.Placement, &api.Placement{Constraints: []string{"node.labels.bluegreen.proxy==true"}})
	assert.Equal(t, *spec.TaskTemplate.ContainerSpec.StopGracePeriod, 10*time.Minute)
	assert.DeepEqual(t, spec.EndpointSpec, &api.EndpointSpec{Mode: api.ResolutionModeDNSRR, Ports: []api.PortConfig{
		{Protocol: "tcp", TargetPort: 81, PublishedPort: 81, PublishMode: api.PortConfigPublishModeHost},
		{Protocol: "tcp", TargetPort: 80, PublishedPort: 8080, PublishMode: api.PortConfigPublishModeHost},
	}})
}

func TestTheFileWinsOverTheProxysDefaults(t *testing.T) {
	spec := file{proxy: quiet + `
    stop_grace_period: 5s
    deploy: {mode: replicated, endpoint_mode: vip, placement: {constraints: [node.role==manager]}}`}.mapped(t).Services["lb"]
	assert.Equal(t, *spec.Mode.Replicated.Replicas, uint64(1))
	assert.DeepEqual(t, spec.TaskTemplate.Placement, &api.Placement{Constraints: []string{"node.role==manager"}})
	assert.Equal(t, *spec.TaskTemplate.ContainerSpec.StopGracePeriod, 5*time.Second)
	assert.Equal(t, spec.EndpointSpec.Mode, api.ResolutionModeVIP)
}

// The project may be mapped again, and made on one engine.
func TestDefaultsLeaveTheProjectAlone(t *testing.T) {
	p := file{pair: "    deploy: {replicas: 2}", proxy: "    ports: ['8080:80']\n    deploy: {labels: {a: b}}"}.load(t)
	before := plain(t, p.Source)
	_, err := Map(p)
	assert.NilError(t, err)
	assert.DeepEqual(t, plain(t, p.Source), before)
}
