package swarm

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// A colour that does not become healthy gets no traffic, and its last words are
// shown; nor does one that is healthy and whose route is not.
func aBadReleaseGetsNoTraffic(t *testing.T, c *cluster.Cluster) {
	checked := replaced(file, "health: /healthz}", "health: /healthz, checks: [/]}")
	p := newProject(t, c, "bad", replaced(checked, "\nservices:\n", `
  environment: {FAIL_START: '${FAIL_START:-}', FAIL_HEALTH: '${FAIL_HEALTH:-}', FAIL_SHARE: '${FAIL_SHARE:-0}'}
services:
`))
	p.with("TAG=v1").ok("up")
	visitors := p.visitors()
	p.with("TAG=v2")
	for _, fault := range []struct {
		variable   string
		code       int
		said, last string
		wait       string
	}{
		{"FAIL_START", 3, "exited with code 1", "FAIL_START=1 asks for it", "3m"}, // it does not wait for so long
		{"FAIL_HEALTH", 3, "web-green", "web-green", "20s"},
		{"FAIL_SHARE", 4, "GET / of web is answered 500", "hint: no traffic was moved", "1m"},
	} {
		former := p.env
		r := p.with(fault.variable+"=1").fails(fault.code, fault.said, "deploy", "--wait-timeout", fault.wait)
		says(t, r, fault.last)
		t.Logf("%s=1: after %v: %s", fault.variable, r.took.Round(time.Millisecond), r.stderr)
		p.active(compose.Blue, "v1", c.Nodes...)
		assert.Equal(t, p.history()[0].Result, "failed")
		p.fails(fault.code, "green", "switch")
		p.active(compose.Blue, "v1", c.Nodes...)
		p.env = former
	}
	p.ok("deploy")
	p.active(compose.Green, "v2", c.Nodes...)
	visitors.stop()
}
