package switcher

import (
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestAPortThatTheRunningProxyDoesNotOpenIsRefused(t *testing.T) {
	p := running()
	p.Unopened = []int{8081, 9000}
	plan, err := planUp(p.proxied(), wants(compose.Green, "hello:v2", 2), by)
	var invalid *compose.InvalidError
	assert.Assert(t, errors.As(err, &invalid), "%v", err)
	assert.Check(t, strings.Contains(invalid.Problem, "ports 8081, 9000"), invalid.Problem)
	assert.Check(t, strings.HasSuffix(invalid.Fix, "docker bluegreen proxy upgrade"), invalid.Fix)
	assert.Check(t, plan.Empty(), "something would be touched")
}

func TestAProxyIsReplacedForAPortThatItOpensOnlyAtItsStart(t *testing.T) {
	p := running()
	p.Unopened = []int{8081}
	plan, err := planUpgrade(p.proxied(), next(p, "haproxy:3.2"))
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[1].String(), "add-proxy lb: the file wants port 8081, which it opens only when it starts")
	assert.Check(t, plan.Gap != nil)
}

func TestAnUpgradeForAPortThatIsKilledInTheGapIsFinished(t *testing.T) {
	p := running().without("lb").stray(1, "hello-lb-1", "exited").stray(2, "hello-lb-2", "created")
	plan, err := planUpgrade(p.proxied(), next(p, "haproxy:3.3"))
	expect(t, plan, err,
		"remove hello-lb-2: an interrupted upgrade of the proxy has left it",
		"try lb: its program must accept the settings",
		"add-proxy lb: an interrupted upgrade has stopped the former one",
		"succeed lb: its ports are free",
		"prove lb: it must serve what the former one does",
		"remove hello-lb-1: the new proxy has proved itself",
	)
}
