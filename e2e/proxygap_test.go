package e2e

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// changeable is the smallest project, whose proxy has something to change.
func changeable(t *testing.T) string {
	t.Helper()
	return strings.NewReplacer(
		"    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg\n",
		"    command: ${LB_COMMAND:-haproxy -W -db -f /var/lib/haproxy/haproxy.cfg}\n"+
			"    environment: {GENERATION: \"${GENERATION:-1}\"}\n",
	).Replace(single(t))
}

// Without a holder there is a gap: it is said before, with its length where
// that is known, and nothing is done before somebody agrees.
func TestAGapIsSaidAndAgreedToBefore(t *testing.T) {
	t.Parallel()
	p := newProject(t, changeable(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("deploy")
	before := p.containers("lb", "web-green")
	p.with("GENERATION=2")
	r := p.fails(2, "replacing it leaves visitors without an answer: for how long is not known yet", "proxy", "upgrade")
	assert.Check(t, strings.Contains(r.stderr, "hint: agree to it: docker bluegreen proxy upgrade --yes"), "%s", r)
	says(t, p.ok("proxy", "upgrade", "--dry-run"), "stop-proxy "+p.replica("lb", 1), "visitors get no answer")
	r = p.with("TAG=v1").ok("up", "--shared")
	assert.Check(t, strings.Contains(r.stderr, "differs from the file and is left as it is"), "%s", r)
	p.untouched(before, "lb", "web-green")

	says(t, p.ok("proxy", "upgrade", "--yes"), "is as the file says; green takes all traffic; visitors got no answer for ")
	assert.Equal(t, p.generation(), "2")
	assert.Equal(t, len(p.proxies()), 1)
	p.active(compose.Green, "v2")
	records := p.history()
	assert.Check(t, records[len(records)-1].Gap > 0, "%+v", records)

	p.with("GENERATION=3").fails(2, " the last time, and what is in flight has up to 30s to end", "proxy", "upgrade")
	made := p.with("GENERATION=2").containers()
	p.compose("up", "--detach")
	p.sameContainers(made)
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	p.sane()
}

// A new proxy that does not start gives way to the former one.
func TestABadNextProxyWithoutAHolderGivesWayToTheFormerOne(t *testing.T) {
	t.Parallel()
	p := newProject(t, changeable(t))
	p.with("TAG=v1").ok("up")
	former := p.env
	bad := behind.broken[len(behind.broken)-2]
	r := p.with("LB_COMMAND="+bad.command).
		fails(9, p.replica("lb", 1)+" goes on", "proxy", "upgrade", "--yes", "--wait-timeout", "20s")
	assert.Check(t, strings.Contains(r.stderr, bad.said), "its log is not shown: %s", r)
	p.env = former
	p.active(compose.Blue, "v1")
	assert.DeepEqual(t, p.proxies(), []string{p.replica("lb", 1)})
	says(t, p.ok("proxy", "upgrade"), "nothing to do")
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
}

// Nobody serves in the gap, so only the end is asserted: typing the same again
// completes the job at every moment.
func TestAnUpgradeWithAGapThatIsKilledIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, changeable(t))
	p.with("TAG=v1").ok("up")
	trial{
		dark:   true,
		args:   []string{"proxy", "upgrade", "--yes"},
		steps:  []string{"try", "add-proxy", "stop-proxy", "succeed", "prove", "remove"},
		before: func(n int) { p.with("GENERATION=" + turn(n, "1", "2", "3")) },
		after: func(n int) {
			p.active(compose.Blue, "v1")
			assert.Equal(t, p.generation(), turn(n, "1", "2", "3"))
			assert.Equal(t, len(p.proxies()), 1)
		},
	}.run(p)
}

// A proxy moves into a holder's network, with a last gap.
func TestAProxyMovesToAHolder(t *testing.T) {
	t.Parallel()
	p := newProject(t, strings.NewReplacer(
		"    network_mode: service:entrance\n", "    ports: [\"127.0.0.1:${PORT}:80\", \"127.0.0.1:${TCP_PORT}:5432\"]\n",
		withHolder[strings.Index(withHolder, "  entrance:"):strings.Index(withHolder, "  lb:")], "").Replace(withHolder))
	p.ok("up")
	p.write("compose.blue-green.yml", withHolder)
	p.fails(2, "replacing it leaves visitors without an answer", "proxy", "upgrade")
	p.ok("proxy", "upgrade", "--yes")
	p.active(compose.Blue, "v1")
	visitors := p.crowd()
	p.with("GENERATION=2").ok("proxy", "upgrade")
	p.nobodyLost(visitors)
	made := p.containers()
	p.compose("up", "--detach")
	p.sameContainers(made)
}
