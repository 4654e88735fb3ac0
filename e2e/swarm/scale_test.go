package swarm

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// The active colour grows under its visitors' hands; idle, it has again as many
// replicas as the file says.
func scalingTheActiveColourLosesNothing(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	first := p.tasks("web-blue")
	visitors := p.visitors()
	r := p.ok("scale", "web=5")
	says(t, r, "blue is scaled")
	t.Logf("from 3 to 5 replicas: %v", r.took.Round(time.Millisecond))
	now := p.tasks("web-blue")
	assert.Equal(t, len(now), 5)
	for _, id := range first {
		assert.Check(t, contains(now, id), "%s was replaced", id)
	}
	blue := p.status().Colours[compose.Blue].Services[0]
	assert.Check(t, blue.Replicas == 5 && blue.Healthy == 5 && blue.InProxy == 5, "%+v", blue)
	// A swarm chooses itself which replica goes, whatever it has in flight.
	p.fails(8, "would cut what is in flight", "scale", "web=3")
	p.ok("switch", "green")
	p.with("TAG=v1").ok("up", "blue")
	assert.Equal(t, len(p.tasks("web-blue")), 3)
	p.active(compose.Green, "v2", c.Nodes...)
	visitors.stop()
}
