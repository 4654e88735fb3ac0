package swarm

import (
	"context"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// A proxy that comes later is right from its first answer on: it finds the
// active colour in its environment. The next switch reaches it like the others.
func aLateProxyServesTheActiveColour(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	p.ok("switch", "green")
	ctx, cancel := context.WithTimeout(t.Context(), outageLimit)
	defer cancel()
	visitors := p.visitors()
	killed := c.Nodes[2]
	former := p.on(killed, "lb")
	_, err := killed.Docker(ctx, "kill", former.container)
	assert.NilError(t, err)
	began := time.Now()
	eventually(ctx, t, "the proxy on "+killed.Name+" has ended", func(ctx context.Context) error {
		if _, err := p.visit(ctx, killed, nil); err == nil {
			return errStill
		}
		return nil
	})
	p.servedFirst(ctx, killed, "v2")
	t.Logf("a proxy that was killed serves after %v", time.Since(began).Round(time.Millisecond))
	assert.Check(t, p.on(killed, "lb").id != former.id, "it is another task")
	p.whole(ctx)

	p.ok("switch", "blue")
	p.active(compose.Blue, "v1", c.Nodes...)
	p.ok("switch", "green")
	p.active(compose.Green, "v2", c.Nodes...)
	visitors.stop(killed)
}
