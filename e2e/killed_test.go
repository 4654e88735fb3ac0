package e2e

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// trial is a command that is killed at every moment of its progress in turn,
// and typed again each time.
type trial struct {
	args []string
	// steps are the steps that the command has when nothing disturbs it.
	steps []string
	// before brings the project to where the command has its work to do.
	before func(n int)
	// after asserts that the second command has done the whole job.
	after func(n int)
	// thin tells that a short run may leave most moments out: none changes what
	// the command has to do at a later one.
	thin bool
	// dark tells that nothing serves before the command.
	dark bool
}

// run kills the command at the begin of each of its steps in turn, and at the
// end of the last one, and asserts each time that one version serves all
// visitors and that typing the same again completes the job. Between the end
// of a step and the begin of the next one nothing happens.
func (tr trial) run(p *project) {
	p.t.Helper()
	for n := range tr.steps {
		if testing.Short() && tr.thin && n%3 != 1 && tr.steps[n] != "commit" {
			continue // each takes half a minute
		}
		at := tr.kill(p, n+1, 2*n+1)
		assert.Assert(p.t, at != nil, "it ended before step %d", n+1)
		assert.Equal(p.t, at.Step, tr.steps[n])
	}
	last := tr.kill(p, len(tr.steps)+1, 2*len(tr.steps))
	assert.Assert(p.t, last != nil && last.Status == compose.Done, "its last moment was %v", last)
}

// kill runs the n-th try: the command is killed at a moment, begins and ends
// of steps counted, and typed again.
func (tr trial) kill(p *project, n, count int) *moment {
	p.t.Helper()
	tr.before(n)
	before := tr.records(p)
	at, _ := p.strike(count, kill, plugin(), tr.args...)
	if at == nil {
		return nil
	}
	p.t.Logf("killed at: %s", at)
	if !tr.dark {
		p.oneVersion()
	}
	if tr.records(p) <= before { // else it was done when it was killed
		p.ok(tr.args...)
	}
	p.oneVersion()
	tr.after(n)
	p.sane()
	return at
}

// records counts what the history has of the command.
func (tr trial) records(p *project) int {
	count := 0
	if p.proxy() == "" {
		return count // there is nobody to ask
	}
	for _, r := range p.history() {
		if r.Action == tr.args[0] || strings.HasPrefix(r.Action, tr.args[0]+" ") {
			count++
		}
	}
	return count
}

// turn picks another value each time that it is asked for the next n.
func turn(n int, values ...string) string { return values[n%len(values)] }

// twoColours is a shop in which blue (v1) is active and green (v2) is up.
func twoColours(t *testing.T) *project {
	t.Helper()
	p := newShop(t)
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	p.visitors()
	return p
}

// idle names the colour that takes no traffic.
func (p *project) idle() compose.Colour {
	p.t.Helper()
	s := p.status()
	assert.Assert(p.t, s.Active != nil)
	return s.Active.Other()
}

func TestASwitchThatIsKilledIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	p := twoColours(t)
	var to compose.Colour
	trial{
		thin:   true,
		args:   []string{"switch"},
		steps:  []string{"probe", "commit", "drain", "tally", "note"},
		before: func(int) { to = p.idle() },
		after:  func(int) { p.active(to, versionOf(to)) },
	}.run(p)
}

func TestASwitchThatStopsTheFormerColourIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	p := twoColours(t)
	var to compose.Colour
	trial{
		thin:  true,
		args:  []string{"switch", "--stop-old"},
		steps: []string{"probe", "commit", "drain", "tally", "stop", "note"},
		before: func(int) {
			to = p.idle()
			p.with("TAG=" + versionOf(to)).ok("up")
		},
		after: func(int) {
			p.active(to, versionOf(to))
			assert.Equal(t, p.status().Colours[to.Other()].State, "stopped")
		},
	}.run(p)
}

func TestAHotRollbackThatIsKilledIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	p := twoColours(t)
	trial{
		thin:   true,
		args:   []string{"rollback"},
		steps:  []string{"probe", "commit", "drain", "tally", "note"},
		before: func(int) { p.ok("switch", "green") },
		after:  func(int) { p.active(compose.Blue, "v1") },
	}.run(p)
}

func TestAWarmRollbackThatIsKilledIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	p := twoColours(t)
	trial{
		thin:   true,
		args:   []string{"rollback"},
		steps:  []string{"start", "ready", "probe", "commit", "drain", "tally", "note"},
		before: func(int) { p.ok("switch", "green", "--stop-old") },
		after:  func(int) { p.active(compose.Blue, "v1") },
	}.run(p)
}

func TestAStopThatIsKilledIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	p := twoColours(t)
	trial{
		args:   []string{"stop"},
		steps:  []string{"drain", "stop"},
		before: func(int) { p.ok("up") },
		after: func(int) {
			assert.Equal(t, p.status().Colours[compose.Green].State, "stopped")
			p.active(compose.Blue, "v1")
		},
	}.run(p)
}

// versionOf is what a colour of twoColours runs.
func versionOf(c compose.Colour) string {
	return map[compose.Colour]string{compose.Blue: "v1", compose.Green: "v2"}[c]
}
