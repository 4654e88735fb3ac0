package swarm

import (
	"context"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// When most managers are down, nothing can be changed: a switch says so before
// long, the proxies serve on, and it works when the managers are back.
func withoutAMajorityNothingIsChanged(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 4*outageLimit)
	defer cancel()
	left, lost := c.Nodes[0], c.Nodes[1:]
	for _, node := range lost {
		assert.NilError(t, node.Kill(ctx))
	}
	p.returns(lost...)
	r := p.at(left).fails(9, "no leader", "switch")
	t.Logf("without a majority of managers, after %v: %s", r.took.Round(time.Millisecond), r)
	says(t, r, "hint: more than half of the managers must be up; see them: docker node ls")
	p.servedFirst(ctx, left, "v1")

	for _, node := range lost {
		assert.NilError(t, node.Start(ctx))
	}
	assert.NilError(t, c.AwaitReady(ctx))
	p.whole(ctx)
	p.served("v1", c.Nodes...)
	assert.Equal(t, *p.status().Active, compose.Blue)
	r = p.ok("switch")
	t.Logf("with all managers back: %v", r.took.Round(time.Millisecond))
	p.active(compose.Green, "v2", c.Nodes...)
}
