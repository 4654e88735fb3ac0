package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// holderExample is the example of a holder, under a name of the test's own and
// with patience for a busy machine.
func holderExample(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "examples", "holder", behind.holderExample))
	assert.NilError(t, err)
	return strings.NewReplacer(
		"name: hello-traefik", "name: NAME\nx-bluegreen: {wait_timeout: 150s}", "name: hello", "name: NAME\nx-bluegreen: {wait_timeout: 150s}", "replicas: 3", "replicas: 1",
		"timeout: 3s, retries: 5", "timeout: 20s, retries: 20", "COLOUR: blue", "GREETING: hi", "COLOUR: green", "GREETING: hi",
	).Replace(string(text))
}

// After a restart of the machine the proxy may not have been started, as here:
// then the holder stands in for it, with the active colour. Every command works
// on it, and the next upgrade or release puts a proxy in its place.
func TestAHolderStandsInForAProxyThatWasNotStarted(t *testing.T) {
	t.Parallel()
	p := newProject(t, holderExample(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("deploy")
	for n, verb := range [][]string{{"proxy", "upgrade"}, {"up"}} {
		entrance := p.containers("entrance")
		p.docker("stop", p.proxy())
		p.answering()
		p.active(compose.Green, "v2")
		assert.Check(t, strings.Contains(p.status().Interrupted, "stands in for the proxy"))
		visitors := p.load(load.Options{URL: p.url()})
		p.ok("rollback")
		p.active(compose.Blue, "v1")
		p.ok("switch", "green")
		p.with("TAG=v1").ok(verb...) // blue is as it says already
		p.active(compose.Green, "v2")
		assert.Equal(t, len(p.proxies()), 1, "%d: %v", n, p.proxies())
		assert.Check(t, p.proxy() != "" && p.status().Interrupted == "")
		p.ok("switch", "blue")
		p.active(compose.Blue, "v1")
		p.ok("switch", "green")
		p.nobodyLost(visitors)
		p.untouched(entrance, "entrance")
		p.sane()
	}
}

// startedBesideItsStandIn is a project with both colours whose proxy was
// stopped, and was started again when the holder had taken its place.
func startedBesideItsStandIn(t *testing.T) (p *project, lb string) {
	t.Helper()
	p = newProject(t, holderExample(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	lb = p.proxy()
	p.docker("stop", lb)
	p.answering()
	p.docker("start", lb)
	return p, lb
}

// A proxy that comes back by itself while the holder stands in for it is told
// of no switch that the holder is not, too.
func TestAHolderRestsWhenTheProxyIsBack(t *testing.T) {
	only(t, compose.HAProxy, "Traefik does not start beside its stand-in")
	t.Parallel()
	p, lb := startedBesideItsStandIn(t)
	p.eventually("the proxy is back", func() bool { return p.proxy() == lb })
	r := p.ok("switch")
	assert.Check(t, strings.Contains(r.stderr, "rest "+p.replica("entrance", 1)), "%s", r)
	p.active(compose.Green, "v2")
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	p.sane()
}

// One that cannot start beside its stand-in is replaced. Until then visitors may
// be lost to it: it listens for a moment each time before it fails.
func TestAProxyThatFailsBesideItsStandInIsReplaced(t *testing.T) {
	only(t, compose.Traefik, "HAProxy starts beside its stand-in")
	t.Parallel()
	p, _ := startedBesideItsStandIn(t)
	says(t, p.ok("proxy", "upgrade"), "blue takes all traffic")
	assert.Equal(t, len(p.proxies()), 1)
	p.active(compose.Blue, "v1")
	p.ok("switch")
	p.active(compose.Green, "v2")
	p.sane()
}

// The proxy in the network of a holder that was restarted serves nobody: its
// stand-in is not told to rest for it.
func TestAStandInGoesOnBesideASeveredProxy(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, holderExample(t))
	p.with("TAG=v1").ok("up")
	p.docker("restart", p.replica("entrance", 1))
	p.answering()
	p.visitors()
	p.ok("status")
	says(t, p.ok("proxy", "upgrade"), "blue takes all traffic")
	assert.Equal(t, len(p.proxies()), 1)
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
}

// The holder is never in the way of a machine that shuts down.
func TestAHolderEndsAtOnce(t *testing.T) {
	t.Parallel()
	p := newProject(t, holderExample(t))
	p.ok("up")
	began := time.Now()
	p.docker("stop", "--time", "60", p.replica("entrance", 1))
	took := time.Since(began)
	assert.Check(t, took < 30*time.Second, "it was waited for: %s", took)
	p.docker("stop", p.replica("lb", 1))
	p.ok("up") // both again, in their order
	p.active(compose.Blue, "v1")
}
