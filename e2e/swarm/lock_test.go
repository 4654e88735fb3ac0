package swarm

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

var errStill = errors.New("it is not so yet")

// holder is how the second of two commands names the first.
var holder = regexp.MustCompile(`is locked: \S+@\S+ runs "up" since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

// Of two commands through two managers one works and the other is told who
// does; also when both begin at the same moment.
func ofTwoCommandsOneIsRefused(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	p.with("TAG=v3")
	var second result
	struck, first := p.strike(func(m moment) bool { return m.begins("ready") }, func(int) {
		second = p.at(c.Nodes[1]).run("switch", "green")
	}, "up")
	assert.Assert(t, struck != nil, "%s", first)
	assert.Check(t, first.code == 0, "the first: %s", first)
	assert.Check(t, second.code == 6, "the second: %s", second)
	assert.Check(t, holder.MatchString(second.stderr), "%s", second)
	says(t, second, "hint: wait for it to end, or let this command wait: --lock-wait")
	p.active(compose.Blue, "v1", c.Nodes...)

	for range 3 {
		from, to := *p.status().Active, p.status().Active.Other()
		before := len(p.history())
		var both [2]result
		var ended sync.WaitGroup
		for i := range both {
			ended.Go(func() { both[i] = p.at(c.Nodes[i+1]).run("switch", string(to)) })
		}
		ended.Wait()
		assert.Check(t, both[0].code == 0 || both[1].code == 0, "%s\n%s", both[0], both[1])
		for _, r := range both {
			assert.Check(t, r.code == 0 || r.code == 6, "%s", r)
		}
		t.Logf("from %s to %s twice at once: exit %d after %v, exit %d after %v", from, to, both[0].code, both[0].took, both[1].code, both[1].took)
		assert.Equal(t, *p.status().Active, to)
		assert.Equal(t, len(p.history()), before+1, "it was done once")
	}
	p.with("TAG=v2").ok("switch", "blue")
}

// A client that is killed leaves the lock to the next one within seconds, which
// completes what was begun, wherever that was.
func aKilledCommandIsCompleted(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	visitors := p.visitors()
	for i, step := range []string{"probe", "commit", "drain", "note"} {
		to, version := compose.Green, "v2"
		if i%2 == 1 {
			to, version = compose.Blue, "v1"
		}
		struck, r := p.strike(func(m moment) bool { return m.begins(step) }, p.signals(syscall.SIGKILL), "switch", string(to))
		assert.Assert(t, struck != nil, "%s was not reached: %s", step, r)
		assert.Equal(t, r.code, -1, "%s", r)
		next := p.at(c.Nodes[i%3]).ok("switch", string(to))
		t.Logf("killed at %s: the next command took %v", struck, next.took.Round(time.Millisecond))
		p.active(to, version, c.Nodes...)
	}
	struck, r := p.strike(func(m moment) bool { return m.begins("ready") }, p.signals(syscall.SIGKILL), "up", "green")
	if struck != nil {
		assert.Equal(t, r.code, -1, "%s", r)
	}
	p.ok("up", "green")
	p.active(compose.Blue, "v1", c.Nodes...)
	visitors.stop()
	p.nothingLeft()
}

// nothingLeft asserts that no process of a command is left in control tasks.
func (p *project) nothingLeft() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), outageLimit)
	defer cancel()
	const list = `for f in /proc/[0-9]*/cmdline; do tr '\0' ' ' <$f; echo; done`
	for _, node := range p.c.Nodes {
		container := p.on(node, "bluegreen").container
		eventually(ctx, p.t, "nothing of commands is left on "+node.Name, func(ctx context.Context) error {
			out, err := node.Docker(ctx, "exec", container, "sh", "-c", list)
			if err == nil && strings.Contains(out, "=ok bluegreen-fan") {
				err = errors.New("there is more than the sleeping shell: " + out)
			}
			return err
		})
	}
}

// A command that stands still for so long that its lock went to another one
// commits nothing when it goes on.
func aStandingCommandCommitsNothing(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	visitors := p.visitors()
	for _, step := range []string{"probe", "commit"} {
		struck, stood := p.strike(func(m moment) bool { return m.begins(step) }, func(pid int) {
			p.signals(syscall.SIGSTOP)(pid)
			other := p.at(c.Nodes[1])
			r := other.ok("switch", "green")
			t.Logf("a command stands at %s: another one took %v", step, r.took.Round(time.Millisecond))
			other.ok("switch", "blue")
			p.signals(syscall.SIGCONT)(pid)
		}, "switch", "green")
		assert.Assert(t, struck != nil, "%s", stood)
		assert.Check(t, stood.code != 0, "%s", stood)
		t.Logf("it ended with %s", stood)
		p.active(compose.Blue, "v1", c.Nodes...)
	}
	visitors.stop()
}

// Nor does it tell the proxies what it had committed, when that is no longer so.
func aStandingCommandTellsNoProxy(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	other := p.at(c.Nodes[1])
	var took [2]result
	var stopped sync.WaitGroup
	struck, stood := p.strike(func(m moment) bool { return m.begins("commit") }, func(pid int) {
		stopped.Go(func() {
			assert.Check(t, p.awaitLabel(t.Context(), c.Nodes[2], "green"))
			p.signals(syscall.SIGSTOP)(pid)
			took[0], took[1] = other.run("switch", "green"), other.run("switch", "blue")
			p.signals(syscall.SIGCONT)(pid)
		})
	}, "switch", "green")
	stopped.Wait()
	assert.Assert(t, struck != nil, "%s", stood)
	assert.Check(t, took[0].code == 0 && took[1].code == 0, "%s\n%s", took[0], took[1])
	t.Logf("it ended with %s", stood)
	p.active(compose.Blue, "v1", c.Nodes...)
}
