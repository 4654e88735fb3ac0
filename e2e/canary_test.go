package e2e

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// guest is a visitor who keeps the cookies that the proxy gives.
type guest struct {
	cookies map[string]string
	version string // seen last
}

func guests(n int) []*guest {
	all := make([]*guest, n)
	for i := range all {
		all[i] = &guest{cookies: map[string]string{}}
	}
	return all
}

// visit asks for a page over a client's connections.
func (g *guest) visit(p *project, through *http.Client) string {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url(), nil)
	assert.NilError(p.t, err)
	for name, value := range g.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, err := through.Do(req)
	assert.NilError(p.t, err)
	_, err = io.Copy(io.Discard, resp.Body)
	assert.NilError(p.t, err)
	assert.NilError(p.t, resp.Body.Close())
	assert.Equal(p.t, resp.StatusCode, http.StatusOK)
	for _, cookie := range resp.Cookies() {
		if strings.HasPrefix(cookie.Name, "bluegreen-") {
			g.cookies[cookie.Name] = cookie.Value
		}
	}
	g.version = resp.Header.Get("X-Version")
	return g.version
}

// share lets guests visit, asserts that none is sent back from v2, and gives
// the share of v2 in percent.
func (p *project) share(all []*guest) float64 {
	p.t.Helper()
	through := &http.Client{Timeout: 10 * time.Second}
	defer through.CloseIdleConnections()
	next := 0
	for _, g := range all {
		before := g.version
		if g.visit(p, through) == "v2" {
			next++
		}
		assert.Check(p.t, before != "v2" || g.version == "v2", "with %v a guest is sent back", g.cookies)
	}
	return 100 * float64(next) / float64(len(all))
}

// canary asserts what the status says of the share.
func (p *project) canary(share int) {
	p.t.Helper()
	s := p.status()
	assert.Assert(p.t, s.Active != nil)
	assert.Equal(p.t, s.Canary, share)
	assert.Equal(p.t, *s.Active, compose.Blue)
}

// twoReleases is a project in which blue (v1) is active and green (v2) is up.
func twoReleases(t *testing.T) *project {
	t.Helper()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	return p
}

func TestVisitorsAreMovedInShares(t *testing.T) {
	t.Parallel()
	p := twoReleases(t)
	visitors := p.load(load.Options{URL: p.url()})
	faithful := guests(200)
	crowd, off := 10_000, 2.0 // points
	if testing.Short() {
		crowd, off = 2000, 4
	}
	for _, share := range []int{5, 25} {
		says(t, p.ok("canary", fmt.Sprintf("%d%%", share)), fmt.Sprintf("green takes %d%% of the visitors", share))
		p.canary(share)
		got := p.share(guests(crowd))
		t.Logf("%d%% wanted: %.2f%% of %d guests", share, got, crowd)
		assert.Check(t, math.Abs(got-float64(share)) <= off, "%d%% wanted, %.2f%% of %d guests see v2", share, got, crowd)
		p.share(faithful)
		p.share(faithful)
	}
	says(t, p.ok("status"), "green takes 25% of the visitors, blue the others (canary)", "rollback   hot")
	p.fails(1, "a canary is on, green takes 25% of the visitors", "up")
	p.fails(1, "a canary is on", "stop")
	p.ok("scale", "--colour", "green", "web=3")
	p.canary(25)
	p.share(faithful)

	p.ok("canary", "0%")
	p.canary(0)
	p.active(compose.Blue, "v1")
	says(t, p.ok("switch", "--steps", "5%,50%,100%", "--step-time", "1s"), "green takes all traffic", "blue is drained")
	p.active(compose.Green, "v2")
	p.ok("rollback")
	p.ok("canary", "30")
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	var did []string
	for _, r := range p.history() {
		did = append(did, fmt.Sprintf("%s %s %d", r.Action, r.To, r.Canary))
	}
	assert.DeepEqual(t, did[len(did)-10:], []string{
		"canary green 5", "canary green 25", "scale green 0", "canary green 0", "canary green 5", "canary green 50", "switch green 0",
		"rollback blue 0", "canary green 30", "rollback blue 0",
	})
	p.sane()
	p.nobodyLost(visitors)
}

// Whoever is killed between two shares leaves the share that was reached; it is
// gone on from there, finished, or undone.
func TestAKilledCanaryIsFinishedOrReversed(t *testing.T) {
	long(t)
	t.Parallel()
	p := twoReleases(t)
	p.visitors()
	steps := []string{"switch", "--steps", "10%,50%,100%", "--step-time", "1s"}
	for _, next := range [][]string{{"canary", "0%"}, {"rollback"}, {"switch"}, steps} {
		at, _ := p.strikeStep("stay", kill, plugin(), steps...)
		assert.Assert(t, at != nil)
		p.canary(10)
		p.ok(next...)
		if next[0] != "switch" {
			p.active(compose.Blue, "v1")
			continue
		}
		p.active(compose.Green, "v2")
		p.ok("rollback")
	}
	for n := 1; ; n++ {
		at, _ := p.strike(n, kill, plugin(), "canary", "20%")
		if at == nil {
			assert.Check(t, n > 2, "it was never struck")
			p.ok("canary", "0%")
			break
		}
		t.Logf("killed at: %s", at)
		p.ok("canary", "20%")
		p.canary(20)
		p.ok("canary", "0%")
		p.active(compose.Blue, "v1")
	}
	at, r := p.strikeStep("stay", interrupt, plugin(), steps...)
	assert.Assert(t, at != nil)
	assert.Equal(t, r.code, 130, "%s", r)
	assert.Check(t, strings.Contains(r.stderr, "switch: interrupted: green takes 10% of the visitors, blue the others"), "%s", r)
	p.ok("rollback")
	p.sane()
}
