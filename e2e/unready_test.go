package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A colour that does not become ready ends the release with exit code 3 and
// what its containers said. The visitors are where they were, and the
// containers are there to be looked at.
func TestAColourThatDoesNotBecomeReadyTakesNoTraffic(t *testing.T) {
	t.Parallel()
	p := newShop(t)
	p.ok("up")
	p.visitors()
	blue := p.containers("lb", "db", "web-blue", "migrate-blue")
	p.with("TAG=v2")
	for _, test := range []struct {
		name string
		env  []string
		args []string
		said []string
	}{
		{
			"it exits at its start",
			[]string{"FAIL_START=1", "RESTART=no"},
			nil,
			[]string{"exited with code 1", "last log lines", "FAIL_START=1 asks for it"},
		},
		{
			"it crashes again and again",
			[]string{"FAIL_START=1"},
			nil,
			[]string{"keeps crashing: exited with code 1", "last log lines", "FAIL_START=1 asks for it"},
		},
		{
			"its healthcheck fails",
			[]string{"FAIL_HEALTH=1"},
			nil,
			[]string{"unhealthy", "GET /healthz: 500", "last log lines", "v2 listens on"},
		},
		{
			"it is not healthy in time",
			[]string{"HEALTH_DELAY=10m", "START_PERIOD=5m"},
			[]string{"--wait-timeout", "12s"},
			[]string{"not healthy in time", "last health check", "GET /healthz: 503", "last log lines", "v2 listens on"},
		},
		{
			"its migration fails",
			[]string{"MIGRATE_EXIT=4"},
			nil,
			[]string{"migrate-green", "exited with code 4", "last log lines", "migrated"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := *p
			q.t = t
			q.env = append(append([]string{}, p.env...), test.env...)
			r := q.fails(3, p.name, append([]string{"up"}, test.args...)...)
			for _, said := range test.said {
				assert.Check(t, strings.Contains(r.stderr, said), "it does not say %q: %s", said, r)
			}
			q.untouched(blue, "lb", "db", "web-blue", "migrate-blue")
			q.active(compose.Blue, "v1")
			assert.Equal(t, len(q.containers("web-green")), 1, "it is left to be looked at")
			q.fails(3, "green is not ready", "switch")
		})
	}
	p.ok("up")
	p.ok("switch")
	p.active(compose.Green, "v2")
}

// The engine may be content with a colour that the proxy cannot reach.
func TestAColourThatTheProxyCannotReachTakesNoTraffic(t *testing.T) {
	t.Parallel()
	for _, checked := range []bool{true, false} {
		t.Run(fmt.Sprintf("with a healthcheck: %t", checked), func(t *testing.T) {
			t.Parallel()
			p := newShop(t)
			if !checked {
				p.edit(healthcheck, "")
			}
			p.ok("up")
			p.visitors()
			p.edit("x-bluegreen: {port: 8080,", "x-bluegreen: {port: 8081,")
			r := p.with("TAG=v2").fails(3, "fails the proxy's check", "up", "--wait-timeout", "10s")
			assert.Check(t, strings.Contains(r.stderr, p.replica("web-green", 1)), "%s", r)
			p.active(compose.Blue, "v1")
			p.fails(3, "green is not ready", "switch")

			p.edit("x-bluegreen: {port: 8081,", "x-bluegreen: {port: 8080,")
			p.ok("deploy")
			p.active(compose.Green, "v2")
		})
	}
}

// For the engine a container without a healthcheck is ready as soon as it
// runs; a visitor would come too early.
func TestAColourWithoutAHealthcheckWaitsForTheProxysOwn(t *testing.T) {
	t.Parallel()
	p := newShop(t)
	p.edit(healthcheck, "")
	p.ok("up")
	p.visitors()
	r := p.with("TAG=v2", "START_DELAY=4s").ok("deploy")
	assert.Check(t, r.took > 4*time.Second, "it took %s", r.took)
	p.active(compose.Green, "v2")
}
