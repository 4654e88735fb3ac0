package e2e

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// A developer's day: the first colour, the second one beside it, the switch,
// the way back. Visitors notice nothing.
func TestAReleaseAndItsRollbackLoseNothing(t *testing.T) {
	p := newProject(t, smallest(t))
	p.with("TAG=v1").ok("up")
	p.active(compose.Blue, "v1")

	visitors, err := load.Start(t.Context(), load.Options{URL: p.url(), Hold: 3 * time.Second})
	assert.NilError(t, err)
	blue, proxy := p.containers("web-blue"), p.containers("lb")
	p.with("TAG=v2").ok("up")
	p.untouched(blue, "web-blue")
	p.untouched(proxy, "lb")
	p.active(compose.Blue, "v1")

	p.ok("switch")
	p.active(compose.Green, "v2")
	assert.Equal(t, p.get("/").Colour, "green")
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	p.untouched(blue, "web-blue")
	p.untouched(proxy, "lb")

	p.nobodyLost(visitors)
}
