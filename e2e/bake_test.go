package e2e

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Every fifth request fails: all checks pass, and visitors are not well served.
func TestAReleaseThatFailsIsRolledBack(t *testing.T) {
	t.Parallel()
	p := newBakery(t)
	p.with("TAG=v1").ok("up")
	g := p.invite(8)
	p.with("TAG=v2", "FAIL_SHARE=0.2").ok("up")
	r := p.fails(5, "rolled back to blue: green is worse: web answered ", "switch", "--bake", "30s")
	t.Log(r)
	assert.Check(t, strings.Contains(r.stderr, " with 5xx (blue before: 0% of "), "%s", r)
	assert.Check(t, strings.Contains(r.stderr, "; visitors saw "), "%s", r)
	assert.Check(t, strings.Contains(r.stderr, "hint: see what it said: docker bluegreen logs --colour green"), "%s", r)
	p.active(compose.Blue, "v1")
	asked, failed, lost := g.leave()
	t.Logf("visitors: %d requests, %d failed, %d lost", asked, failed, lost)
	assert.Check(t, failed > 0 && lost == 0, "failed %d, lost %d", failed, lost)

	last := p.lastRecord()
	assert.Equal(t, last.Result, "rolled back")
	assert.Equal(t, last.Action+" "+string(last.To), "switch green")
	assert.Assert(t, last.Baked != nil)
	seen, wrong := last.Baked.Seen()
	assert.Check(t, wrong > 0 && wrong <= failed && seen <= asked, "seen %d, wrong %d", seen, wrong)
	assert.Check(t, float64(wrong) > 0.15*float64(seen) && float64(wrong) < 0.25*float64(seen), "seen %d, wrong %d", seen, wrong)
	// A rollback would bring the bad release back.
	assert.Equal(t, p.status().Rollback, "impossible: blue is what was rolled back to")
	says(t, p.ok("rollback"), "nothing to do")
	p.sane()
}

func TestASlowReleaseIsRolledBack(t *testing.T) {
	t.Parallel()
	p := newBakery(t)
	p.edit("x-bluegreen: {wait_timeout: 150s}", "x-bluegreen: {wait_timeout: 150s, bake: {time: 6s, latency: 100ms}}")
	p.with("TAG=v1").ok("up")
	p.invite(8)
	r := p.with("TAG=v2", "ANSWER_DELAY=400ms").fails(5, "rolled back to blue: green is worse: web took ", "deploy", "--progress", "json")
	t.Log(r)
	e := jsonError(t, r)
	assert.Equal(t, e.Code, 5)
	assert.Assert(t, e.Bake != nil && e.Bake.Result == switcher.BakeBad)
	p.active(compose.Blue, "v1")
	assert.Equal(t, p.lastRecord().Result, "rolled back")
}

// A container that ends during the bake is reason enough, also where nobody
// asks for anything.
func TestAReleaseThatCrashesIsRolledBack(t *testing.T) {
	once(t)
	t.Parallel()
	p := newBakery(t)
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	green := p.replica("web-green", 1)
	crash := func(int) error {
		p.docker("kill", green)
		return nil
	}
	at, r := p.strikeStep("bake", crash, plugin(), "switch", "--bake", "60s")
	assert.Assert(t, at != nil)
	assert.Equal(t, r.code, 5, "%s", r)
	assert.Check(t, strings.Contains(r.stderr, green+" exited with code 137"), "%s", r)
	p.active(compose.Blue, "v1")
	assert.Equal(t, p.lastRecord().Result, "rolled back")
	p.sane()
}

// One that crashes by itself, after a minute in which all was well.
func TestAReleaseThatCrashesAfterAMinuteIsRolledBack(t *testing.T) {
	long(t)
	t.Parallel()
	p := newBakery(t)
	p.with("TAG=v1").ok("up")
	g := p.invite(4)
	r := p.with("TAG=v2", "CRASH_AFTER=60s").fails(5, "rolled back to blue: green is worse: ", "deploy", "--bake", "2m")
	asked, failed, lost := g.leave()
	t.Logf("%s\nvisitors: %d requests, %d failed, %d lost", r, asked, failed, lost)
	assert.Check(t, strings.Contains(r.stderr, " exited with code 3"), "%s", r)
	assert.Check(t, failed+lost < asked/20, "of %d failed %d, lost %d", asked, failed, lost)
	p.active(compose.Blue, "v1")
	assert.Equal(t, p.lastRecord().Result, "rolled back")
	p.sane()
}

func TestAGoodReleaseIsKept(t *testing.T) {
	t.Parallel()
	p := newBakery(t)
	p.with("TAG=v1").ok("up")
	g := p.invite(8)
	p.with("TAG=v2").ok("up")
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	for n := range rounds {
		r := p.ok("switch", "--bake", "2s")
		says(t, r, "has proved itself: ", "0% of them failed")
		assert.Equal(t, p.lastRecord().Baked.Result, switcher.BakeGood)
		assert.Equal(t, p.status().Interrupted, "", "round %d", n)
	}
	asked, failed, lost := g.leave()
	assert.Check(t, failed == 0 && lost == 0, "of %d failed %d, lost %d", asked, failed, lost)
	p.sane()
}

// What both colours suffer from, a database for instance, is not the release's
// fault.
func TestABadDatabaseDoesNotBlameTheRelease(t *testing.T) {
	t.Parallel()
	p := newBakery(t).with("FAIL_SHARE=0.2")
	p.with("TAG=v1").ok("up")
	p.invite(8)
	p.with("TAG=v2").ok("up")
	r := p.ok("switch", "--bake", "6s")
	says(t, r, "green has proved itself: ")
	assert.Check(t, !strings.Contains(r.stdout, " 0% of them"), "%s", r)
	p.active20(compose.Green)
}

// active20 asserts the active colour of which some requests fail.
func (p *project) active20(c compose.Colour) {
	p.t.Helper()
	s := p.status()
	assert.Assert(p.t, s.Active != nil && *s.Active == c)
}

func TestTooLittleTrafficIsSaid(t *testing.T) {
	t.Parallel()
	p := newBakery(t)
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2", "FAIL_SHARE=1").ok("up")
	r := p.ok("switch", "--bake", "1s")
	says(t, r, "green takes all traffic", "too little traffic to judge green: 0 requests in 1")
	assert.Check(t, strings.Contains(r.stderr, "too little traffic to judge green"), "%s", r)
	assert.Equal(t, p.lastRecord().Baked.Result, switcher.BakeUnjudged)
	says(t, p.ok("switch", "--dry-run", "--bake", "1m"), "1. baseline green: ", "bake blue: ", "   if worse: commit green: ")
}

// Each share of a canary is watched: a bad release is taken back from the few who
// got it, a good one goes on to the end.
func TestEachShareOfACanaryIsWatched(t *testing.T) {
	long(t)
	t.Parallel()
	p := newBakery(t)
	p.with("TAG=v1").ok("up")
	g := p.inviteBrowsers(40)
	p.with("TAG=v2", "FAIL_SHARE=0.3").ok("up")
	steps := []string{"switch", "--steps", "10%,50%,100%", "--step-time", "6s", "--bake", "6s"}
	r := p.fails(5, "rolled back to blue: green is worse: web answered ", steps...)
	assert.Check(t, !strings.Contains(r.stderr, "share green 50%"), "%s", r)
	p.canary(0)
	p.active(compose.Blue, "v1")
	asked, failed, lost := g.leave()
	t.Logf("%s\nvisitors: %d requests, %d failed, %d lost", r, asked, failed, lost)
	assert.Check(t, failed > 0 && failed < asked/20 && lost == 0, "of %d failed %d, lost %d", asked, failed, lost)
	var did []string
	for _, r := range p.history() {
		did = append(did, fmt.Sprintf("%s %d %s", r.Action, r.Canary, r.Result))
	}
	assert.DeepEqual(t, did, []string{"up 0 done", "canary 10 done", "canary 0 done", "switch 0 rolled back"})

	g = p.inviteBrowsers(40)
	p.with("TAG=v3", "FAIL_SHARE=0").ok("up")
	r = p.ok(steps...)
	assert.Equal(t, strings.Count(r.stderr, "bake green: green has proved itself: "), 3, "%s", r)
	p.active(compose.Green, "v3")
	asked, failed, lost = g.leave()
	assert.Check(t, failed == 0 && lost == 0, "of %d failed %d, lost %d", asked, failed, lost)
	p.sane()
}

// A client that is killed leaves the new colour with the traffic and the former
// one as it was: the next switch finishes, a rollback reverses.
func TestABakeWhoseClientIsKilled(t *testing.T) {
	long(t)
	t.Parallel()
	p := twoColours(t)
	for _, next := range []struct {
		args   []string
		active compose.Colour
	}{
		{[]string{"rollback"}, compose.Blue},
		{[]string{"switch"}, compose.Green},
	} {
		at, r := p.strikeStep("bake", kill, plugin(), "switch", "green", "--bake", "30s")
		assert.Assert(t, at != nil, "%s", r)
		p.active(compose.Green, "v2")
		s := p.status()
		assert.Check(t, strings.Contains(s.Interrupted, "green was to be watched for 30s, and nobody does any more"), "%+v", s)
		assert.Equal(t, s.Colours[compose.Blue].State, "running")
		p.ok(next.args...)
		p.active(next.active, versionOf(next.active))
		assert.Equal(t, p.status().Interrupted, "")
		p.sane()
	}
}

// Typed again, the command watches anew; Ctrl-C says that nobody watches.
func TestABakeThatIsInterrupted(t *testing.T) {
	long(t)
	t.Parallel()
	p := twoColours(t)
	at, r := p.strikeStep("bake", interrupt, plugin(), "switch", "--bake", "30s")
	assert.Assert(t, at != nil, "%s", r)
	assert.Equal(t, r.code, 130, "%s", r)
	assert.Check(t, strings.Contains(r.stderr, "green takes all traffic, and nobody watches it any more"), "%s", r)
	p.active(compose.Green, "v2")
	r = p.ok("switch", "--bake", "2s")
	t.Log(r)
	assert.Check(t, strings.Contains(r.stderr, "bake green: "), "%s", r)
	p.active(compose.Green, "v2")
	p.sane()
}
