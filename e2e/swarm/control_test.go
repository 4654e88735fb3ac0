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

// From an image in which nothing can open a connection no proxy can be told what
// to serve: that is said before anything is started, and again when a proxy is to
// be replaced by such an image; the next command goes on.
func anImageWithoutToolsIsSaid(t *testing.T, c *cluster.Cluster) {
	build := exec.CommandContext(t.Context(), "docker", "build", "--quiet", "--tag", bare, "--label", "bluegreen.test=image", "-")
	build.Stdin = strings.NewReader("FROM bluegreen-test/haproxy:bash\nUSER root\nRUN rm -f /bin/bash /usr/bin/bash /bin/rbash /usr/bin/rbash\nUSER haproxy\n")
	out, err := build.CombinedOutput()
	assert.NilError(t, err, "%s", out)
	give(t.Context(), t, c, bare)

	p := newProject(t, c, "bare", file)
	r := p.with("TAG=v1", "PROXY="+bare).fails(8, "lacks bash or nc", "up")
	t.Logf("with an image without tools: %s", r)
	says(t, r, "hint: use an image with awk and bash, or with busybox")
	for _, service := range p.list("service") {
		assert.Check(t, !strings.HasPrefix(service, p.name+"_"), "%s was made", service)
	}
	r = p.with("PROXY=bluegreen-test/haproxy:busybox").ok("up")
	t.Logf("up took %v", r.took.Round(time.Millisecond))
	p.active(compose.Blue, "v1", c.Nodes...)

	tasks := p.tasks("lb")
	r = p.with("PROXY="+bare).fails(8, "lacks bash or nc", "proxy", "upgrade", "--yes")
	t.Logf("for a proxy that runs: %s", r)
	assert.DeepEqual(t, p.tasks("lb"), tasks)
	r = p.with("PROXY=bluegreen-test/haproxy:busybox", "TAG=v2").ok("deploy")
	t.Logf("deploy took %v", r.took.Round(time.Millisecond))
	p.active(compose.Green, "v2", c.Nodes...)
}
