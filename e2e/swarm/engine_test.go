package swarm

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// A file that names no engine is for one engine; where its project runs on the
// Swarm, nothing is guessed and nothing started beside it.
func theEngineIsNeverGuessed(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	tasks := p.tasks()
	p.write(strings.Replace(file, "x-bluegreen: {engine: swarm}\n", "", 1))
	for _, command := range []string{"up", "switch", "status", "down"} {
		r := p.fails(2, "runs on the Swarm of which this engine is a manager, and the file names no engine", command)
		says(t, r, "hint: write x-bluegreen: {engine: swarm} into the file, or say --engine swarm")
	}
	assert.Equal(t, strings.TrimSpace(p.docker("ps", "--quiet", "--all", "--filter", "label=com.docker.compose.project="+p.name)), "")
	assert.DeepEqual(t, p.tasks(), tasks)

	p.ok("switch", "--engine", "swarm")
	p.write(file)
	p.active(compose.Green, "v2", c.Nodes...)
}
