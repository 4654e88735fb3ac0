package switcher

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// model is the project of these tests: a pair, a job in front of it, a
// shared database.
func model() compose.Model {
	route := compose.Route{Port: 8080, Health: "/healthz", Mode: compose.HTTP, Listen: 80}
	return compose.Model{
		Name: "hello",
		Pairs: []compose.Pair{{
			Name:     "web",
			Services: map[compose.Colour]string{compose.Blue: "web-blue", compose.Green: "web-green"},
			Replicas: map[compose.Colour]int{compose.Blue: 2, compose.Green: 2},
			Routes:   map[compose.Colour]compose.Route{compose.Blue: route, compose.Green: route},
		}},
		Shared: []string{"db"},
		Proxy:  compose.Proxy{Service: "lb", Kind: compose.HAProxy, Volume: "/var/lib/haproxy", Generated: true},
	}
}

// project builds the state of a test.
type project struct{ State }

// running is a project in which both colours run release v1 and blue serves.
func running() *project {
	m := model()
	p := &project{State{
		Project: "hello", Model: &m, ProxyRunning: true, Live: Traffic{Active: compose.Blue},
		Routing: &Routing{Active: compose.Blue, Action: Up},
		Servers: map[compose.Colour][]Server{},
	}}
	p.with("db", 1, "db:1", "running").with("lb", 1, "haproxy:3.2", "running")
	p.with("web-blue", 2, "hello:v1", "running").with("web-green", 2, "hello:v1", "running")
	return p
}

// with adds containers of a service, known to the proxy as up.
func (p *project) with(service string, n int, image, state string) *project {
	for i := 1; i <= n; i++ {
		address := fmt.Sprintf("10.0.%d.%d", len(service), len(p.Containers)+1)
		ctr := compose.Container{
			ID: fmt.Sprintf("%s-%d", service, i), Name: fmt.Sprintf("hello-%s-%d", service, i), Service: service, Number: i,
			State: state, Image: image, ImageID: "sha256:" + image, ConfigHash: "hash", Addresses: []string{address},
		}
		if state == "running" {
			ctr.Health = compose.Healthy
		}
		p.Containers = append(p.Containers, ctr)
		if _, colour, ok := p.Model.Owner(service); ok {
			p.Servers[colour] = append(p.Servers[colour], Server{Service: service, Address: address, Up: true, Why: "L7OK"})
		}
	}
	return p
}

// without removes a service's containers.
func (p *project) without(service string) *project {
	var left []compose.Container
	for _, c := range p.Containers {
		if c.Service != service {
			left = append(left, c)
		}
	}
	p.Containers = left
	return p
}

// wants is what the file wants of green.
func wants(c compose.Colour, image string, replicas int) wanted {
	m := model()
	service := m.Pairs[0].Services[c]
	m.Pairs[0].Replicas[c] = replicas
	return wanted{
		Colour: c, Model: m, Waves: [][]string{{service}}, Needs: []string{"db"},
		Specs: map[string]compose.Spec{service: {Service: service, Image: image, ImageID: "sha256:" + image, ConfigHash: "hash", Replicas: replicas}},
	}
}

var by = Signature{Action: Up, Who: "ann@laptop", At: time.Unix(0, 0)}

// expect compares a plan's text with lines.
func expect(t *testing.T, p Plan, err error, lines ...string) {
	t.Helper()
	assert.NilError(t, err)
	var b strings.Builder
	for i, line := range lines {
		fmt.Fprintf(&b, "%d. %s\n", i+1, line)
	}
	assert.Equal(t, p.String(), b.String())
}

// untouched asserts that no step acts on a service.
func untouched(t *testing.T, p Plan, services ...string) {
	t.Helper()
	for _, step := range p.Steps {
		for _, service := range services {
			assert.Check(t, !contains(step.Services, service), "%s", step)
			for _, c := range step.Containers {
				assert.Check(t, c.Service != service, "%s", step)
			}
		}
	}
}

func contains(list []string, s string) bool { return cmp.Contains(list, s)().Success() }
