package e2e

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Stopping is for the idle colour; the active one takes force.
func TestStopRefusesTheActiveColour(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	p.fails(9, "its proxy does not run", "stop")
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("deploy")
	p.fails(1, "stop green: green takes all traffic", "stop", "green")
	p.active(compose.Green, "v2")
	says(t, p.ok("stop"), "blue is stopped")
	says(t, p.ok("stop"), "blue does not run")
	assert.Equal(t, p.status().Colours[compose.Blue].State, "stopped")
	says(t, p.ok("stop", "green", "--force"), "green is stopped")
	assert.Equal(t, p.status().Colours[compose.Green].State, "stopped")
	// Who stopped it all starts it again, as it was.
	p.ok("up")
	p.active(compose.Green, "v2")
}

// A project that is taken down comes back as the colour that was active; one
// whose volume goes too leaves nothing.
func TestDownLeavesTheVolumeAndDownVLeavesNothing(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("deploy")
	p.ok("down")
	assert.Check(t, len(p.containers()) == 0)
	p.ok("up")
	p.active(compose.Green, "v2")
	says(t, p.ok("history"), "deploy", "web=hello:v2")

	p.ok("down", "--volumes")
	p.madeNothing()
	p.ok("down", "--volumes")
	p.with("TAG=v1").ok("up")
	p.active(compose.Blue, "v1")
	// Without a file, the engine knows what there is.
	p.write("compose.blue-green.yml", "services: [this is no Compose file")
	p.ok("down", "--volumes", "-p", p.name)
	p.madeNothing()
}

func TestADryDownSaysWhatWouldGo(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	before := p.state()
	r := p.ok("down", "--volumes", "--dry-run")
	says(t, r, "remove", p.replica("lb", 1), p.replica("web-blue", 1), "volumes")
	assert.Check(t, strings.Contains(r.stderr, "dry run: nothing was changed"), "%s", r)
	assert.Equal(t, p.state(), before)
}
