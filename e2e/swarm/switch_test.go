package swarm

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// From the first start on, no visitor of any node is lost by a release, and none
// gets what was before once the command has ended. A switch starts nothing.
func tenSwitchesLoseNothing(t *testing.T, c *cluster.Cluster) {
	p := prepareProject(t, c, "shop", 8080, file)
	p.remove()
	p.with("TAG=v1").ok("up")
	p.active(compose.Blue, "v1", c.Nodes...)
	assert.DeepEqual(t, p.status().Proxy, switcher.ProxyStatus{Service: "lb", Kind: compose.HAProxy, Instances: 3, Ready: 3})
	assert.Equal(t, p.status().Engine, "swarm")

	visitors := p.visitors()
	r := p.with("TAG=v2").ok("deploy")
	says(t, r, "green takes all traffic", "3 instances, ", " ms apart", "0 lost")
	t.Logf("deploy took %v", r.took.Round(time.Millisecond))
	p.active(compose.Green, "v2", c.Nodes...)

	tasks := p.tasks()
	assert.Equal(t, len(tasks), 12, "3 proxies, 3 control tasks, 2 times 3 replicas: %v", tasks)
	versions := []string{"v2", "v1"}
	var shown, spread []int64
	var took []time.Duration
	for n := range 10 {
		r := p.ok("switch", "--progress", "json")
		now, former := versions[(n+1)%2], versions[n%2]
		p.served(now, c.Nodes...)
		from := visitors.snapshots()
		p.served(now, c.Nodes...)
		visitors.none(former, from, visitors.snapshots())
		at := slices.IndexFunc(r.moments(), func(m moment) bool { return m.Figures["instances"] > 0 })
		assert.Assert(t, at >= 0, "%s", r)
		said := r.moments()[at]
		assert.Equal(t, said.Figures["instances"], int64(3))
		assert.Check(t, strings.HasPrefix(said.Text, "3 instances, ") && strings.HasSuffix(said.Text, " ms apart"), "%+v", said)
		shown, spread, took = append(shown, said.Figures["shownMs"]), append(spread, said.Figures["spreadMs"]), append(took, r.took.Round(time.Millisecond))
	}
	assert.DeepEqual(t, p.tasks(), tasks)
	t.Logf("ten switches: shown by all proxies after %v ms, these %v ms apart; commands took %v", shown, spread, took)
	visitors.stop()

	s := p.status()
	assert.Equal(t, s.Rollback, "hot")
	assert.DeepEqual(t, s.Proxy, switcher.ProxyStatus{Service: "lb", Kind: compose.HAProxy, Instances: 3, Ready: 3})
	for _, colour := range compose.Colours() {
		assert.Check(t, holds(s, colour, map[compose.Colour]string{compose.Blue: "hello:v1", compose.Green: "hello:v2"}[colour]), "%+v", s)
	}
	assert.Equal(t, len(p.history()), 12)
	p.plainStack()
}

// plainStack asserts that Docker's own commands show the project as a stack.
func (p *project) plainStack() {
	p.t.Helper()
	assert.Check(p.t, strings.Contains(p.docker("stack", "ls"), p.name))
	services := p.docker("stack", "services", "--format", "{{.Name}} {{.Replicas}}", p.name)
	for _, service := range []string{"lb", "bluegreen", "web-blue", "web-green"} {
		assert.Check(p.t, strings.Contains(services, p.name+"_"+service+" 3/3"), "%s", services)
	}
	tasks := p.docker("stack", "ps", "--format", "{{.Name}} {{.Image}}", p.name)
	for _, said := range []string{"_web-blue.1 hello:v1", "_web-green.3 hello:v2", "_lb."} {
		assert.Check(p.t, strings.Contains(tasks, p.name+said), "%s", tasks)
	}
}
