package e2e

import (
	"net/http"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// see asserts which version guests are answered by, twice.
func (p *project) see(all []*guest, version string) {
	p.t.Helper()
	through := &http.Client{Timeout: 10 * time.Second}
	defer through.CloseIdleConnections()
	for range 2 {
		for _, g := range all {
			assert.Check(p.t, g.visit(p, through) == version, "with %v a guest sees %s, want %s", g.cookies, g.version, version)
		}
	}
}

// Who began on the former release stays there until the drain ends, whoever
// comes new gets the next one; a rollback takes everybody along.
func TestVisitorsStayWithTheirRelease(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.edit("x-bluegreen: {wait_timeout", "x-bluegreen: {sticky: release, wait_timeout")
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	visitors := p.load(load.Options{URL: p.url()})
	first, second := guests(10), guests(10)
	p.see(first, "v1")

	stays := func(int) error {
		p.see(first, "v1")
		p.see(second, "v2")
		return nil
	}
	struck, r := p.strikeStep("pin", stays, plugin(), "switch", "--drain-timeout", "5s")
	assert.Assert(t, struck != nil && r.code == 0, "%s", r)
	says(t, r, "green takes all traffic", "blue is drained", " sent, 0 lost, ")
	p.see(append(first, second...), "v2")

	says(t, p.ok("rollback"), "blue takes all traffic") // at once
	p.see(append(first, second...), "v1")

	// Killed while they stay: the next command gives them their time.
	struck, _ = p.strikeStep("pin", killAll, "docker", "bluegreen", "switch")
	assert.Assert(t, struck != nil)
	p.see(first, "v1")
	p.see(guests(10), "v2")
	says(t, p.ok("status"), "blue keeps those who began on it")
	assert.Equal(t, p.status().Pinned, compose.Blue)
	says(t, p.ok("switch", "--drain-timeout", "1s"), "green takes all traffic")
	p.see(first, "v2")
	p.active(compose.Green, "v2")
	p.sane()

	p.nobodyLost(visitors)
}

// A canary is drawn among those who come new, and nobody changes the release
// before the drain ends.
func TestVisitorsStayThroughACanary(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	p.edit("x-bluegreen: {wait_timeout", "x-bluegreen: {sticky: release, wait_timeout")
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	first := guests(50)
	p.see(first, "v1")
	p.ok("canary", "50%")
	p.see(first, "v1")
	drawn := guests(50)
	p.share(drawn)
	stays := func(int) error {
		p.see(first, "v1")
		for _, g := range drawn {
			p.see([]*guest{g}, g.version)
		}
		return nil
	}
	assert.NilError(t, stays(0))
	struck, r := p.strikeStep("pin", stays, plugin(), "switch", "--drain-timeout", "8s")
	assert.Assert(t, struck != nil && r.code == 0, "%s", r)
	p.see(append(first, drawn...), "v2")

	says(t, p.with("TAG=v3").ok("up"), "blue", "release") // nobody is left on it
	p.ok("canary", "50%")
	p.ok("canary", "0%")
	p.see(append(first, drawn...), "v2")
}
