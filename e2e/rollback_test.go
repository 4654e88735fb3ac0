package e2e

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The way back is what served before: at once while it runs, by starting the
// same containers while it is stopped, and never twice.
func TestARollbackGoesBackToWhatServedBefore(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	assert.Equal(t, p.status().Rollback, "impossible: blue is the first release")
	p.fails(1, "rollback is impossible: blue is the first release", "rollback")

	blue := p.containers("web-blue")
	p.with("TAG=v2").ok("deploy")
	assert.Equal(t, p.status().Rollback, "hot")
	says(t, p.ok("rollback"), "blue takes all traffic", "hello:v1")
	p.active(compose.Blue, "v1")
	p.untouched(blue, "web-blue")
	says(t, p.ok("rollback"), "blue was rolled back to already", "docker bluegreen switch green")
	p.active(compose.Blue, "v1")

	says(t, p.ok("switch"), "green takes all traffic")
	says(t, p.ok("stop"), "blue is stopped")
	assert.Equal(t, p.status().Rollback, "warm: 1 containers to start")
	// Whoever rolls back may have broken the file as well.
	p.write("compose.blue-green.yml", "services: [this is no Compose file")
	says(t, p.with("TAG=").ok("rollback"), "blue takes all traffic", "hello:v1")
	p.active(compose.Blue, "v1")
	name := p.replica("web-blue", 1)
	assert.Equal(t, p.containers("web-blue")[name].ID, blue[name].ID)
}

// What a rollback would need is looked at before anything is tried.
func TestAnImpossibleRollbackSaysSoBeforeItTries(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("deploy")

	// A newer release lies where the former one was: that is no way back.
	p.with("TAG=v3").ok("up")
	before := p.containers()
	forecast := p.status().Rollback
	assert.Check(t, strings.HasPrefix(forecast, "impossible: blue now holds release "), "%s", forecast)
	r := p.fails(1, "rollback is "+forecast, "rollback")
	assert.Check(t, strings.Contains(r.stderr, "docker bluegreen history"), "%s", r)
	p.untouched(before)
	p.active(compose.Green, "v2")

	// The former release comes back by its own name, and is a way back again.
	p.with("TAG=v1").ok("up")
	assert.Equal(t, p.status().Rollback, "hot")

	p.docker("rm", "--force", p.replica("web-blue", 1))
	p.fails(1, "rollback is impossible: web-blue has no containers any more", "rollback")
	p.active(compose.Green, "v2")
}
