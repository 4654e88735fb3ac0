package e2e

import (
	"fmt"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Each time another image and another route, so that every step of an `up`
// beside an active colour has its work to do.
func TestAnUpThatIsKilledIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	p := newShop(t)
	p.edit("health: /healthz", `health: "${CHECK:-/healthz}"`)
	p.ok("up")
	p.visitors()
	p.with("TAG=v3").ok("up")
	p.with("TAG=v2").ok("up")
	blue, shared := p.containers("web-blue", "migrate-blue"), p.containers("lb", "db")
	next := map[string]string{"v2": "v3", "v3": "v2"}
	version := "v2"
	trial{
		thin: true,
		args: []string{"up"},
		// The images of both are kept already.
		steps: []string{"drain", "save", "configure", "reload", "remove", "create", "finish", "start", "ready"},
		before: func(n int) {
			version = next[version]
			p.with("TAG="+version, fmt.Sprintf("CHECK=/healthz?n=%d", n))
		},
		after: func(int) {
			p.untouched(blue, "web-blue", "migrate-blue")
			p.untouched(shared, "lb", "db")
			p.active(compose.Blue, "v1")
			p.ready(compose.Green, 1)
			green := p.containers("web-green")[p.replica("web-green", 1)]
			assert.Equal(t, green.Image, "hello:"+version)
		},
	}.run(p)
}

// A deploy goes on where the killed one stopped, and when that had moved the
// traffic already, does not deploy a second time: the way back stays.
func TestADeployThatIsKilledIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	p := newShop(t)
	p.with("TAG=v3").ok("up")
	p.visitors()
	p.with("TAG=v1").ok("deploy")
	trial{
		args:   []string{"deploy"},
		steps:  []string{"drain", "keep", "remove", "create", "finish", "start", "ready", "probe", "commit", "drain", "tally", "note"},
		before: func(n int) { p.with("TAG=" + turn(n, "v1", "v2", "v3")) },
		after: func(n int) {
			to := *p.status().Active
			p.active(to, turn(n, "v1", "v2", "v3"))
			former := p.containers(fmt.Sprintf("web-%s", to.Other()))
			assert.Equal(t, former[p.replica(fmt.Sprintf("web-%s", to.Other()), 1)].Image, "hello:"+turn(n-1, "v1", "v2", "v3"))
		},
	}.run(p)
}

func TestAScaleThatIsKilledIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	for _, test := range []struct {
		name, from, to string
		replicas       int
		steps          []string
	}{
		{"up", "web=1", "web=2", 2, []string{"save", "note", "hold", "create", "start", "await", "readmit", "note", "ready"}},
		{"down", "web=2", "web=1", 1, []string{"note", "retire", "remove", "readmit", "note", "save"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newShop(t)
			p.ok("up")
			p.visitors()
			trial{
				thin:   true,
				args:   []string{"scale", test.to},
				steps:  test.steps,
				before: func(int) { p.ok("scale", test.from) },
				after: func(int) {
					blue := p.containers("web-blue")
					assert.Equal(t, len(blue), test.replicas)
					assert.Check(t, blue[p.replica("web-blue", test.replicas)].Running, "low numbers stay")
					p.ready(compose.Blue, test.replicas)
				},
			}.run(p)
		})
	}
}

// Nothing serves before the first `up`, so only its end is asserted: every
// moment at which it is killed, the same command makes a colour active.
func TestAFirstUpThatIsKilledIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	p := newShop(t)
	trial{
		dark:   true,
		thin:   true,
		args:   []string{"up"},
		steps:  []string{"create-proxy", "save", "preview", "configure", "converge", "start-proxy", "keep", "create", "finish", "start", "ready", "commit"},
		before: func(int) { p.ok("down", "--volumes") },
		after: func(int) {
			p.active(compose.Blue, "v1")
			assert.Equal(t, len(p.containers()), 4, "lb, db, migrate-blue and web-blue")
		},
	}.run(p)
}

// While no proxy runs, a helper container holds the lock: it goes with its
// client, whenever that is killed.
func TestAFirstUpThatIsKilledWhileItsHelperStartsLeavesNothing(t *testing.T) {
	long(t)
	t.Parallel()
	for _, event := range []string{"create", "start"} {
		t.Run(event, func(t *testing.T) {
			t.Parallel()
			p := newShop(t)
			p.killedOn(event, "up")
			p.ok("up")
			p.active(compose.Blue, "v1")
			p.sane()
			p.ok("down", "--volumes")
			assert.Equal(t, len(p.containers()), 0)
		})
	}
}

// Docker's own command line stands between the user and the plugin: when
// both are killed, or the former alone, it is as when the plugin is.
func TestAKilledDockerCommandNeedsNoUnlocking(t *testing.T) {
	once(t)
	t.Parallel()
	p := twoColours(t)
	to := p.idle()
	p.strike(1, killAll, "docker", "bluegreen", "switch")
	p.oneVersion()
	p.ok("switch", string(to))
	p.active(to, versionOf(to))
	p.sane()

	at, _ := p.strike(1, kill, "docker", "bluegreen", "switch")
	assert.Assert(t, at != nil)
	p.oneVersion()
	p.ok("switch", string(to.Other()), "--lock-wait", "2m") // the plugin may live on, and work
	p.active(to.Other(), versionOf(to.Other()))
	p.sane()
}
