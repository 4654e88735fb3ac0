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
