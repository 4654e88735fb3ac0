package swarm

import (
	"testing"

	api "github.com/moby/moby/api/types/swarm"
	"gotest.tools/v3/assert"
)

// hashed is a specification with all that Hash treats in its own way.
func hashed() api.ServiceSpec {
	return api.ServiceSpec{
		Annotations: api.Annotations{Name: "shop_app", Labels: map[string]string{"a": "b"}},
		Mode:        api.ServiceMode{Replicated: &api.ReplicatedService{Replicas: new(uint64(1))}},
		TaskTemplate: api.TaskSpec{ContainerSpec: &api.ContainerSpec{
			Image: "app:1", Labels: map[string]string{"c": "d"},
			Configs: []*api.ConfigReference{{ConfigName: "conf"}},
			Secrets: []*api.SecretReference{{SecretName: "sec"}},
		}},
	}
}

func TestHash(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(s *api.ServiceSpec)
		same   bool
	}{
		{"nothing", func(*api.ServiceSpec) {}, true},
		{"replicas", func(s *api.ServiceSpec) { s.Mode.Replicated.Replicas = new(uint64(0)) }, true},
		{"no replicas", func(s *api.ServiceSpec) { s.Mode.Replicated.Replicas = nil }, true},
		{"own label", func(s *api.ServiceSpec) { s.Labels["bluegreen.active"] = "blue" }, true},
		{"own label of the containers", func(s *api.ServiceSpec) { s.TaskTemplate.ContainerSpec.Labels["bluegreen.hash"] = "1" }, true},
		{"forced update", func(s *api.ServiceSpec) { s.TaskTemplate.ForceUpdate++ }, true},
		{"config's id", func(s *api.ServiceSpec) { s.TaskTemplate.ContainerSpec.Configs[0].ConfigID = "1" }, true},
		{"secret's id", func(s *api.ServiceSpec) { s.TaskTemplate.ContainerSpec.Secrets[0].SecretID = "1" }, true},
		{"label", func(s *api.ServiceSpec) { s.Labels["a"] = "c" }, false},
		{"similar label", func(s *api.ServiceSpec) { s.Labels["bluegreenish"] = "c" }, false},
		{"label of the containers", func(s *api.ServiceSpec) { s.TaskTemplate.ContainerSpec.Labels["c"] = "e" }, false},
		{"image", func(s *api.ServiceSpec) { s.TaskTemplate.ContainerSpec.Image = "app:2" }, false},
		{"config", func(s *api.ServiceSpec) { s.TaskTemplate.ContainerSpec.Configs[0].ConfigName = "other" }, false},
		{"secret", func(s *api.ServiceSpec) { s.TaskTemplate.ContainerSpec.Secrets[0].SecretName = "other" }, false},
		{"mode", func(s *api.ServiceSpec) { s.Mode = api.ServiceMode{Global: &api.GlobalService{}} }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := hashed()
			c.change(&changed)
			before := plain(t, changed)
			assert.Equal(t, Hash(changed) == Hash(hashed()), c.same)
			assert.DeepEqual(t, plain(t, changed), before) // nothing is taken from it
		})
	}
	assert.Equal(t, len(Hash(hashed())), 16)
	assert.Equal(t, len(Hash(api.ServiceSpec{})), 16)
}

// A label of the tool's own is the only one, or there is none.
func TestHashOfNoLabels(t *testing.T) {
	none, own := hashed(), hashed()
	none.Labels, own.Labels = nil, map[string]string{"bluegreen.hash": "1"}
	assert.Equal(t, Hash(none), Hash(own))
}

// A file gives the same specifications each time: a map's order would restart
// the tasks.
func TestHashIsSteady(t *testing.T) {
	f := file{
		top: "configs: {a: {content: a}, b: {content: b}}\nnetworks: {x: {}, y: {}, z: {}}\n",
		services: `  app:
    image: app:1
    environment: {A: a, B: b, C: c, D: d}
    ulimits: {nproc: 1, nofile: 2, core: 3}
    sysctls: {a.b: 1, c.d: 2}
    extra_hosts: {a.test: 10.0.0.1, b.test: 10.0.0.2, c.test: 10.0.0.3}
    networks: [x, y, z]
    configs: [b, a]
`,
	}
	p := f.load(t)
	var first string
	for range 20 {
		stack, err := Map(p)
		assert.NilError(t, err)
		if first == "" {
			first = Hash(stack.Services["app"])
		}
		assert.Equal(t, Hash(stack.Services["app"]), first)
	}
}
