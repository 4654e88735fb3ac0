package swarm

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// The way back is the same switch: at once while what served before runs, and
// after it was stopped by starting it as it was, without the file.
func aRollbackIsASwitchBackwards(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	p.ok("switch", "green")
	visitors := p.visitors()
	tasks := p.tasks()
	r := p.at(c.Nodes[1]).ok("rollback")
	says(t, r, "blue takes all traffic", "hello:v1")
	t.Logf("a hot rollback took %v", r.took.Round(time.Millisecond))
	p.active(compose.Blue, "v1", c.Nodes...)
	assert.DeepEqual(t, p.tasks(), tasks)
	says(t, p.ok("rollback"), "blue was rolled back to already")

	p.ok("switch", "green")
	blue := p.docker("service", "inspect", "--format", "{{.ID}} {{json .Spec.TaskTemplate}}", p.name+"_web-blue")
	says(t, p.ok("stop"), "blue is stopped")
	assert.Equal(t, len(p.tasks("web-blue")), 0)
	assert.Equal(t, p.status().Rollback, "warm: 3 containers to start")
	p.write("services: [this is no Compose file")
	r = p.at(c.Nodes[2]).ok("rollback", "--project-name", p.name)
	says(t, r, "blue takes all traffic", "hello:v1")
	t.Logf("a warm rollback took %v", r.took.Round(time.Millisecond))
	p.write(file)
	p.active(compose.Blue, "v1", c.Nodes...)
	assert.Equal(t, p.docker("service", "inspect", "--format", "{{.ID}} {{json .Spec.TaskTemplate}}", p.name+"_web-blue"), blue)
	assert.Equal(t, len(p.tasks("web-blue")), 3)
	visitors.stop()
}
