package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The result is for stdout, and a pipe gets nothing else; how it comes about
// is told on stderr, in the way that was asked for.
func TestResultsAndProgressGoTheirOwnWays(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	r := p.with("TAG=v1").ok("up")
	first := "release " + p.status().Colours[compose.Blue].Release + ", web hello:v1\n"
	assert.Equal(t, r.stdout, "blue takes all traffic: "+first)
	p.toldPlainly(r, "blue")

	p.with("TAG=v2")
	r = p.ok("up", "--progress", "plain")
	assert.Check(t, strings.HasPrefix(r.stdout, "green is up: release ") && strings.Count(r.stdout, "\n") == 1, "%s", r)
	p.toldPlainly(r, "green")
	assert.Check(t, strings.HasSuffix(r.stderr, "next: docker bluegreen switch\n"), "%s", r)

	r = p.ok("switch", "--progress", "json")
	assert.Check(t, strings.HasPrefix(r.stdout, "green takes all traffic: release "), "%s", r)
	p.toldInJSON(r, "probe", "commit", "drain", "tally", "note")

	r = p.ok("rollback", "--progress", "quiet")
	assert.Check(t, strings.HasPrefix(r.stdout, "blue takes all traffic: "+first+"green is drained\nprobe: "), "%s", r)
	assert.Equal(t, r.stderr, "")
	r = p.ok("status", "--progress", "json")
	assert.Equal(t, r.stderr, "")
}

// toldPlainly asserts lines about each container, without a terminal's codes.
func (p *project) toldPlainly(r result, colour string) {
	p.t.Helper()
	for _, line := range []string{
		"create " + p.replica("web-"+colour, 1) + ": created\n",
		"start " + p.replica("web-"+colour, 1) + ": started\n",
		"await web-" + colour + ": 1/1 ",
		"ready lb sees web-" + colour + ": 1/1",
	} {
		assert.Check(p.t, strings.Contains(r.stderr, line), "want %q: %s", line, r)
	}
	assert.Check(p.t, !strings.Contains(r.stderr, "\x1b"), "%q", r.stderr)
}

// toldInJSON asserts that each line is an event, and that all steps occur.
func (p *project) toldInJSON(r result, steps ...string) {
	p.t.Helper()
	done := map[string]bool{}
	for line := range strings.Lines(r.stderr) {
		var e compose.Event
		assert.NilError(p.t, json.Unmarshal([]byte(line), &e), "%q: %s", line, r)
		assert.Check(p.t, e.Step != "" && !e.Time.IsZero() && e.Status != "", "%q", line)
		done[e.Step] = done[e.Step] || e.Status == compose.Done
	}
	for _, step := range steps {
		assert.Check(p.t, done[step], "%s is not done: %s", step, r)
	}
}
