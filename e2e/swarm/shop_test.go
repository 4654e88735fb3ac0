package swarm

import (
	"encoding/json"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// shop returns the project that most tests share: blue (v1) is active, green
// (v2) is up beside it, each with three replicas. What a test before has left is
// brought to that.
func shop(t *testing.T, c *cluster.Cluster) *project {
	t.Helper()
	p := prepareProject(t, c, "shop", 8080, file)
	s, known := p.tryStatus()
	if !known || s.Active == nil || !holds(s, compose.Blue, "hello:v1") || s.Canary != 0 || s.Operation != nil {
		p.remove()
		p.with("TAG=v1").ok("up")
		s = p.status()
	}
	if *s.Active == compose.Green {
		p.ok("switch", "blue")
	}
	if p.with("TAG=v2"); !holds(s, compose.Green, "hello:v2") {
		p.ok("up", "green")
	}
	p.active(compose.Blue, "v1", c.Nodes...)
	return p
}

// holds tells that a colour runs three replicas of an image.
func holds(s switcher.Status, c compose.Colour, image string) bool {
	for _, service := range s.Colours[c].Services {
		return service.Image == image && service.Replicas == 3 && service.Healthy == 3 && service.InProxy == 3
	}
	return false
}

// status asks for the status as JSON.
func (p *project) status() switcher.Status {
	p.t.Helper()
	s, known := p.tryStatus()
	assert.Assert(p.t, known, "%s", p.run("status", "--format", "json"))
	return s
}

func (p *project) tryStatus() (s switcher.Status, known bool) {
	p.t.Helper()
	r := p.run("status", "--format", "json")
	return s, r.code == 0 && json.Unmarshal([]byte(r.stdout), &s) == nil
}

// history asks for the history as JSON, newest first.
func (p *project) history() []switcher.Record {
	p.t.Helper()
	var records []switcher.Record
	decoder := json.NewDecoder(newReader(p.ok("history", "--format", "json").stdout))
	for decoder.More() {
		var r switcher.Record
		assert.NilError(p.t, decoder.Decode(&r))
		records = append(records, r)
	}
	return records
}

// active asserts which colour takes the traffic: by the status, and by what
// visitors of nodes get.
func (p *project) active(c compose.Colour, version string, nodes ...*cluster.Node) {
	p.t.Helper()
	s := p.status()
	assert.Assert(p.t, s.Active != nil, "no colour is active")
	assert.Equal(p.t, *s.Active, c)
	assert.Check(p.t, s.Operation == nil && s.Interrupted == "", "%+v", s)
	p.served(version, nodes...)
}
