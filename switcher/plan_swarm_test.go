package switcher

import (
	"errors"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// onSwarm is a project that runs on a Swarm.
func onSwarm() *project {
	p := running()
	p.Model.Engine = compose.Swarm
	return p
}

// wantsOnSwarm is what the file wants of green there.
func wantsOnSwarm(image string, replicas int) wanted {
	w := wants(compose.Green, image, replicas)
	w.Model.Engine = compose.Swarm
	return w
}

func TestUpReplacesNoInstanceUnasked(t *testing.T) {
	p := onSwarm()
	p.Outdated = true
	w := wantsOnSwarm("hello:v2", 2)
	_, err := planUp(p.State, w, by)
	var refused *InstancesError
	assert.Assert(t, errors.As(err, &refused), "%v", err)
	assert.ErrorContains(t, err, "proxy lb: its settings change (a route, a port, a pair, or more replicas than they have room for), so its instances have to be replaced")
	assert.Equal(t, refused.Hint(), "agree to it, when what stands before the proxies passes over one that is away: docker bluegreen up --yes")
	w.Verb = "deploy"
	_, err = planUp(p.State, w, by)
	assert.Assert(t, errors.As(err, &refused))
	assert.Equal(t, refused.Verb, "deploy")

	w.Yes = true
	_, err = planUp(p.State, w, by)
	assert.NilError(t, err)
}

func TestWhenNoInstanceIsReplaced(t *testing.T) {
	stopped := onSwarm()
	stopped.ProxyRunning, stopped.Outdated = false, true
	one := running()
	one.Outdated = true
	for name, test := range map[string]struct {
		state State
		w     wanted
	}{
		"the settings are the same": {onSwarm().State, wantsOnSwarm("hello:v2", 2)},
		"no instance runs":          {stopped.State, wantsOnSwarm("hello:v2", 2)},
		"one engine":                {one.State, wants(compose.Green, "hello:v2", 2)},
	} {
		t.Run(name, func(t *testing.T) { assert.NilError(t, replacesInstances(test.state, test.w)) })
	}
}

// swarmProxy is the proxy's service as the engine shows it.
func (p *project) swarmProxy() *project {
	for i := range p.Containers {
		if p.Containers[i].Service == "lb" {
			p.Proxy = &p.Containers[i]
		}
	}
	return p
}

func nextOnSwarm(p *project) nextProxy {
	m := *p.Model
	return nextProxy{Model: m, Spec: compose.Spec{
		Service: "lb", Image: p.Proxy.Image, ImageID: p.Proxy.ImageID, ConfigHash: p.Proxy.ConfigHash, Replicas: 1,
	}}
}

func TestInstancesAreBroughtToWhatTheFileSays(t *testing.T) {
	p := onSwarm().swarmProxy()
	plan, err := planInstances(p.State, nextOnSwarm(p))
	assert.NilError(t, err)
	assert.Equal(t, len(plan.Steps), 0)
	assert.Equal(t, plan.Nothing, "lb runs as the file says")

	n := nextOnSwarm(p)
	n.Spec.ImageID = "sha256:other"
	_, err = planInstances(p.State, n)
	var refused *InstancesError
	assert.Assert(t, errors.As(err, &refused), "%v", err)
	assert.Equal(t, refused.Verb, ProxyUpgrade)
	n.Yes = true
	plan, err = planInstances(p.State, n)
	assert.NilError(t, err)
	assert.Equal(t, len(plan.Steps), 2)
	assert.Equal(t, plan.Steps[0].Action, DoConfigure)
	assert.Equal(t, plan.Steps[1].Action, DoReplaceInstances)
	untouched(t, plan, "web-blue", "web-green", "db")

	p.Outdated = true
	n = nextOnSwarm(p)
	n.Yes = true
	plan, err = planInstances(p.State, n)
	expect(t, plan, err,
		"configure lb: "+settingsChange,
		"replace-instances lb: one after the other",
	)
}

func TestAColourWithVisitorsIsNotScaledDownOnASwarm(t *testing.T) {
	w := wants(compose.Blue, "hello:v1", 1)
	w.Model.Engine = compose.Swarm
	_, err := planScale(onSwarm().State, w, "web")
	var refused *compose.InvalidError
	assert.Assert(t, errors.As(err, &refused), "%v", err)
	assert.ErrorContains(t, err, "scaling it down from 2 to 1 would cut what is in flight")
	assert.Equal(t, refused.Hint(), "bring up the other colour with fewer replicas, and switch: docker bluegreen deploy --scale web=1")

	// The idle colour has nothing in flight, and one engine knows whom it takes.
	_, err = planScale(onSwarm().State, wantsOnSwarm("hello:v1", 1), "web")
	assert.NilError(t, err)
	_, err = planScale(running().State, wants(compose.Blue, "hello:v1", 1), "web")
	assert.NilError(t, err)
	up := wants(compose.Blue, "hello:v1", 3)
	up.Model.Engine = compose.Swarm
	_, err = planScale(onSwarm().State, up, "web")
	assert.NilError(t, err)
}

func TestStatusOfASwarm(t *testing.T) {
	p := onSwarm()
	for i := range p.Containers {
		c := &p.Containers[i]
		switch c.Service {
		case "lb":
			c.Instances = []compose.Container{{State: "running"}, {State: "running"}, {State: "dead"}}
		case "web-blue": // no registry has told its digest
			c.ImageID = c.Image
		}
	}
	v := &visit{Switcher: &Switcher{Project: "hello"}, state: p.State}
	st := v.status()
	assert.Equal(t, st.Engine, "swarm")
	assert.Equal(t, st.Proxy.Instances, 3)
	assert.Equal(t, st.Proxy.Ready, 2)
	assert.Equal(t, st.Colours[compose.Blue].Services[0].Digest, "")
	assert.Equal(t, st.Colours[compose.Green].Services[0].Digest, "sha256:hello:v1")

	v.state = running().State
	st = v.status()
	assert.Equal(t, st.Engine, "local")
	assert.Equal(t, st.Proxy.Instances, 1)
	v.state.Model = nil
	assert.Equal(t, v.status().Engine, "local")
}
