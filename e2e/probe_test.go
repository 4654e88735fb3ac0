package e2e

import (
	"bytes"
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Whoever moves the traffic is told what visitors got meanwhile, by the command
// itself, in JSON and in the history.
func TestASwitchSaysWhatVisitorsGot(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	assert.Check(t, p.probed() == nil, "the first up moves nobody")
	visitors := p.load(load.Options{URL: p.url()})
	says(t, p.with("TAG=v2").ok("deploy"), "green takes all traffic", "blue is drained", "probe: ", " sent, 0 lost, ", "first answer of green after ", "last of blue after ")
	p.sawAll(p.probed())
	r := p.ok("rollback", "--progress", "json")
	says(t, r, " sent, 0 lost, ", "first answer of blue after ", "last of green after ")
	p.sawAll(p.probed())
	assert.DeepEqual(t, p.figures(r), map[string]int64{
		"sent": int64(p.probed().Sent), "lost": 0, "longestGapMs": p.probed().LongestGap,
		"firstNewMs": *p.probed().FirstNew, "lastOldMs": *p.probed().LastOld,
	})
	p.ok("switch")
	p.sawAll(p.probed())
	says(t, p.ok("history", "-n", "1"), "LOST", "0/")

	r = p.ok("switch", "--no-probe")
	assert.Check(t, !strings.Contains(r.String(), "probe"), "%s", r)
	assert.Check(t, p.probed() == nil)
	p.nobodyLost(visitors)
}

// probed is what the last event of the history says of its probe.
func (p *project) probed() *switcher.Probe {
	p.t.Helper()
	all := p.history()
	return all[len(all)-1].Probe
}

// sawAll fails the test unless a probe saw both colours and lost nothing.
func (p *project) sawAll(probe *switcher.Probe) {
	p.t.Helper()
	assert.Assert(p.t, probe != nil)
	assert.Check(p.t, probe.Sent > 4 && probe.Lost == 0 && probe.LeftOut == "" && probe.Why == "", "%+v", *probe)
	assert.Check(p.t, probe.FirstNew != nil && probe.LastOld != nil, "%+v", *probe)
}

// figures are those of a command's progress in JSON.
func (p *project) figures(r result) map[string]int64 {
	p.t.Helper()
	for line := range strings.Lines(r.stderr) {
		var e compose.Event
		assert.NilError(p.t, json.Unmarshal([]byte(line), &e), "%s", line)
		if e.Figures != nil {
			return e.Figures
		}
	}
	return nil
}

// A new colour that dies under the switch costs requests: the command says so
// and ends with 7, and the traffic is where it was sent. The command stands
// still from when the proxy has taken the change until the replica is gone; the
// drain has not ended by then, for a request is in flight.
func TestALostRequestIsToldWithExitCode7(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	inFlight := p.ask("/slow?for=5s")
	p.eventually("a request is in flight", func() bool { return p.sessions() == 1 })
	struck, r := p.strikeStep("drain", func(pid int) error {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			return err
		}
		p.docker("update", "--restart", "no", p.replica("web-green", 1))
		p.docker("kill", p.replica("web-green", 1))
		p.eventually("visitors are lost", func() bool {
			resp, err := p.visit()
			return err != nil || resp.StatusCode >= 500
		})
		return syscall.Kill(pid, syscall.SIGCONT)
	}, plugin(), "switch")
	assert.Assert(t, struck != nil, "%s", r)
	assert.Equal(t, r.code, 7, "%s", r)
	body := inFlight.end()
	assert.Check(t, strings.Contains(body, `"version":"v1"`), "what was in flight got %s", body)

	line := r.stderr[strings.LastIndex(strings.TrimSpace(r.stderr), "\n")+1:]
	var said struct {
		Code          int
		Message, Hint string
		Probe         *switcher.Probe
	}
	assert.NilError(t, json.NewDecoder(bytes.NewBufferString(line)).Decode(&said), "%s", r)
	assert.Check(t, said.Code == 7 && said.Probe != nil && said.Probe.Lost > 0, "%s", r)
	assert.Check(t, strings.Contains(said.Message, "green takes all traffic, but the probe lost requests: "), "%s", r)
	assert.Check(t, strings.Contains(said.Hint, "docker bluegreen rollback"), "%s", r)

	assert.Equal(t, *p.status().Active, compose.Green)
	all := p.history()
	last := all[len(all)-1]
	assert.Check(t, last.Result == "done" && last.Probe.Lost == said.Probe.Lost && last.Probe.Why != "", "%+v", last)

	r = p.ok("rollback") // nobody is answered, so there is nothing to be lost
	says(t, r, "blue takes all traffic", "probe: not probed: port ", "it was not answered well before the change")
	p.active(compose.Blue, "v1")
}

// Where nothing can be seen from here, that is said, and is no failure.
func TestWhatIsNotProbedIsSaid(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	p.edit("x-bluegreen: {wait_timeout: 150s", "x-bluegreen: {preview: off, wait_timeout: 150s")
	p.with("TAG=v1").ok("up")
	r := p.with("TAG=v2").ok("deploy")
	says(t, r, " sent, 0 lost, ")
	assert.Check(t, !strings.Contains(r.stdout, "first answer"), "without a token nobody tells colours: %s", r)

	hidden := newProject(t, single(t))
	hidden.edit(`ports: ["127.0.0.1:${PORT:-8080}:80"]`, `expose: ["80"]`)
	hidden.with("TAG=v1").ok("up")
	says(t, hidden.with("TAG=v2").ok("deploy"), "green takes all traffic", "probe: not probed: no http route that both colours have is at a published port")
	assert.Check(t, hidden.probed().LeftOut != "")
}
