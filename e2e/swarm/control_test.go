package swarm

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// Without the control service there is no way to the proxies: that is said, with
// what repairs it, and nothing is changed.
func aMissingControlServiceIsSaidAndRepaired(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	visitors := p.visitors()
	p.docker("service", "rm", p.name+"_bluegreen")
	before := p.tasks("lb", "web-blue", "web-green")
	r := p.fails(9, "control", "switch")
	t.Logf("without its control service: %s", r)
	says(t, r, "hint: ", "docker bluegreen up")
	p.served("v1", c.Nodes...)
	r = p.run("status")
	t.Logf("status: %s", r)

	r = p.ok("up")
	t.Logf("up repairs it in %v", r.took.Round(time.Millisecond))
	p.active(compose.Blue, "v1", c.Nodes...)
	assert.DeepEqual(t, p.tasks("lb", "web-blue", "web-green"), before)
	p.ok("switch")
	p.active(compose.Green, "v2", c.Nodes...)
	visitors.stop()
}

// bare is an image of HAProxy that has a shell and nothing else of use.
const bare = "bluegreen-test/haproxy:bare"

// An image in which nothing can open a connection is no proxy: that is said
// before any colour is started.
func anImageWithoutToolsIsSaid(t *testing.T, c *cluster.Cluster) {
	build := exec.CommandContext(t.Context(), "docker", "build", "--quiet", "--tag", bare, "--label", "bluegreen.test=image", "-")
	build.Stdin = strings.NewReader("FROM bluegreen-test/haproxy:bash\nUSER root\nRUN rm -f /bin/bash /usr/bin/bash /bin/rbash /usr/bin/rbash\nUSER haproxy\n")
	out, err := build.CombinedOutput()
	assert.NilError(t, err, "%s", out)
	give(t.Context(), t, c, bare)

	p := newProject(t, c, "bare", file)
	r := p.with("TAG=v1", "PROXY="+bare).fails(9, "bash or nc", "up")
	t.Logf("with an image without tools: %s", r)
	assert.Check(t, !contains(p.list("service"), p.name+"_web-blue"), "a colour was brought up")
	p.with("PROXY=bluegreen-test/haproxy:busybox").ok("up")
	p.active(compose.Blue, "v1", c.Nodes...)
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2", c.Nodes...)
}
