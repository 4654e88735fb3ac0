package swarm

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// What is lost is a manager that runs a proxy and a replica of each colour; the
// command talks to another one.

func aManagerIsLostDuringUp(t *testing.T, c *cluster.Cluster) {
	l := newLoss(t, c, compose.Blue)
	l.p.with("TAG=v3")
	l.during("ready", "up", "green")
	l.next("v1", "up", "green")
	l.returns("v1")
}

func aManagerIsLostDuringASwitch(t *testing.T, c *cluster.Cluster) {
	l := newLoss(t, c, compose.Blue)
	l.during("commit", "switch", "green")
	l.next("v2", "switch", "green")
	l.returns("v2")
}

func aManagerIsLostDuringARollback(t *testing.T, c *cluster.Cluster) {
	l := newLoss(t, c, compose.Green)
	l.during("commit", "rollback")
	l.next("v1", "switch", "blue")
	l.returns("v1")
}

// The leader is lost when it has told another manager that the label is changed:
// the command has committed, and stands still until then, having told no proxy.
func theLeaderIsLostBetweenLabelAndProxies(t *testing.T, c *cluster.Cluster) {
	l := newLoss(t, c, compose.Blue)
	leader, err := c.Leader(l.ctx)
	assert.NilError(t, err)
	l.lost = leader
	others := slices.DeleteFunc(slices.Clone(c.Nodes), func(n *cluster.Node) bool { return n == leader })
	l.p.through = others[0]
	var lost sync.WaitGroup
	var at time.Time
	struck, r := l.p.strike(func(m moment) bool { return m.begins("commit") }, func(pid int) {
		lost.Go(func() {
			assert.Check(t, l.p.awaitLabel(l.ctx, others[1], "green"))
			l.p.signals(syscall.SIGSTOP)(pid) // it may not be quicker than the kill
			assert.Check(t, killNow(l.ctx, leader))
			at = time.Now()
			l.p.signals(syscall.SIGCONT)(pid)
		})
	}, "switch", "green")
	lost.Wait()
	assert.Assert(t, struck != nil, "%s", r)
	for _, m := range r.moments() {
		if m.Subject == "lb" && m.Status == compose.Done {
			t.Logf("all proxies that are left are told %v after the leader was lost: %s", m.Time.Sub(at).Round(time.Millisecond), m.Text)
		}
	}
	l.judge(r, "switch", "green")
	l.next("v2", "switch", "green")
	l.returns("v2")
}

// loss is a test in which a node is lost under load.
type loss struct {
	p        *project
	ctx      context.Context
	visitors *visitors
	lost     *cluster.Node
}

// newLoss picks a manager that does not lead and loads all nodes.
func newLoss(t *testing.T, c *cluster.Cluster, active compose.Colour) *loss {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*outageLimit)
	t.Cleanup(cancel)
	p := shop(t, c)
	leader, err := c.Leader(ctx)
	assert.NilError(t, err)
	p.through = leader
	p.spread(c)
	if active == compose.Green {
		p.ok("switch", "green")
	}
	lost := c.Nodes[slices.IndexFunc(c.Nodes, func(n *cluster.Node) bool { return n != leader })]
	return &loss{p: p, ctx: ctx, visitors: p.visitors(), lost: lost}
}

// spread has each node run a replica of each colour again: a swarm moves tasks
// from a node that is lost, and none to one that is back.
func (p *project) spread(c *cluster.Cluster) {
	p.t.Helper()
	for _, service := range []string{"web-blue", "web-green"} {
		nodes := map[string]bool{}
		for _, t := range p.running(service) {
			nodes[t.node] = true
		}
		if len(nodes) < len(c.Nodes) {
			p.docker("service", "update", "--quiet", "--force", "--no-resolve-image", p.name+"_"+service)
		}
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), outageLimit)
	defer cancel()
	p.whole(ctx)
}

// during runs a command and loses the node when a step begins.
func (l *loss) during(step string, args ...string) {
	l.p.t.Helper()
	struck, r := l.p.strike(func(m moment) bool { return m.begins(step) }, func(int) {
		assert.Check(l.p.t, killNow(l.ctx, l.lost))
	}, args...)
	assert.Assert(l.p.t, struck != nil, "%s", r)
	l.judge(r, args...)
}

// judge tells how a command ended during which a node was lost. One that brings
// a colour up may say that it is not ready; one that changes colours, that its
// probe had requests in flight on the lost node; either, that a proxy gave no
// answer. Never does it leave what the next one cannot complete.
func (l *loss) judge(r result, args ...string) {
	t := l.p.t
	t.Helper()
	l.p.returns(l.lost)
	t.Logf("%s is lost during %v: exit %d after %v", l.lost.Name, args, r.code, r.took.Round(time.Millisecond))
	if r.code != 0 {
		t.Logf("it said: %s", r)
	}
	allowed := []int{0, 7, 9}
	if args[0] == "up" {
		allowed = []int{0, 3, 9}
	}
	assert.Check(t, slices.Contains(allowed, r.code), "%s", r)
}

// next runs the command that has to complete while the node is lost: the
// surviving proxies serve a version then, and the status says what is there.
func (l *loss) next(version string, args ...string) {
	t := l.p.t
	t.Helper()
	r := l.p.ok(args...)
	t.Logf("while it is lost, the next command, %v, took %v", args, r.took.Round(time.Millisecond))
	survivors := slices.DeleteFunc(slices.Clone(l.p.c.Nodes), func(n *cluster.Node) bool { return n == l.lost })
	l.p.served(version, survivors...)
	// The swarm holds a node for ready until it has missed some heartbeats.
	eventually(l.ctx, t, "the status misses a proxy", func(context.Context) error {
		if s := l.p.status(); s.Proxy.Ready != len(survivors) {
			return errStill
		}
		return nil
	})
	t.Logf("the status: %s", l.p.ok("status").stdout)
}

// returns starts the lost node: its proxy serves the active colour from its
// first answer on.
func (l *loss) returns(version string) {
	t := l.p.t
	t.Helper()
	began := time.Now()
	assert.NilError(t, l.lost.Start(l.ctx))
	l.p.servedFirst(l.ctx, l.lost, version)
	t.Logf("%s is back: it serves %s after %v", l.lost.Name, version, time.Since(began).Round(time.Millisecond))
	assert.NilError(t, l.p.c.AwaitReady(l.ctx))
	l.p.whole(l.ctx)
	l.p.served(version, l.p.c.Nodes...)
	l.visitors.stop(l.lost)
}

// returns brings lost nodes back when the test ends, whatever it came to.
func (p *project) returns(lost ...*cluster.Node) {
	p.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), 2*outageLimit)
		defer cancel()
		for _, node := range lost {
			assert.Check(p.t, node.Start(ctx))
		}
		assert.Check(p.t, p.c.AwaitReady(ctx))
	})
}

// awaitLabel asks a manager again and again until a colour is active.
func (p *project) awaitLabel(ctx context.Context, manager *cluster.Node, colour string) error {
	for {
		if active, err := p.label(ctx, manager); err == nil && active == colour || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// label asks a manager for the active colour's label.
func (p *project) label(ctx context.Context, manager *cluster.Node) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://node/services/"+p.name+"_lb", http.NoBody)
	if err != nil {
		return "", err
	}
	response, err := engine(manager.Host).Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var service struct {
		Spec struct{ Labels map[string]string }
	}
	err = json.NewDecoder(response.Body).Decode(&service)
	return service.Spec.Labels["bluegreen.active"], err
}

// killNow loses a node faster than a command line does, which takes longer to
// start than all proxies take to be told.
func killNow(ctx context.Context, node *cluster.Node) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://engine/containers/"+node.ContainerID+"/kill", http.NoBody)
	if err != nil {
		return err
	}
	response, err := engine("unix:///var/run/docker.sock").Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// engine talks to an engine's socket.
func engine(host string) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", strings.TrimPrefix(host, "unix://"))
		},
	}}
}
