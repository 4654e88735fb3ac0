package e2e

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/images"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
	"github.com/bluegreen/docker-bluegreen/e2e/queue"
)

// office is a project with a queue, and workers beside what takes traffic.
const office = `
name: NAME
x-bluegreen: {wait_timeout: 150s}
x-web: &web
  image: hello:${TAG:-v1}
  x-bluegreen: {port: 8080, health: /healthz}
x-clerk: &clerk
  image: bluegreen-test/worker:latest
  restart: always
  healthcheck: {test: [CMD, /worker, health], interval: 5s, timeout: 20s, retries: 20}
  deploy: {replicas: "${CLERKS:-1}"}
  environment:
    {QUEUE: "queue:6379", VERSION: "${RELEASE:-1}", WORK: 2ms, SIGNAL: "${SIGNAL:-USR1}", ALONE: "${ALONE:-}", DEAF: "${DEAF:-}", FAIL: "${FAIL:-}"}
  depends_on: {queue: {condition: service_healthy}}
  x-bluegreen: {worker: {policy: "${POLICY}", signal: SIGUSR1, limit: "${LIMIT:-60s}"}}
services:
  lb:
    image: ${HAPROXY_IMAGE}
    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
    ports: ["127.0.0.1:${PORT}:80"]
    volumes: ["bluegreen:/var/lib/haproxy"]
  queue:
    image: bluegreen-test/redis:bash
    ports: ["127.0.0.1:${TCP_PORT}:6379"]
    healthcheck: {test: [CMD, redis-cli, ping], interval: 5s, timeout: 20s, retries: 20}
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
  clerk-blue: {<<: *clerk, profiles: [blue]}
  clerk-green: {<<: *clerk, profiles: [green]}
volumes: {bluegreen: {}}
`

// newOffice makes a project whose workers have a policy.
func newOffice(t *testing.T, policy compose.Policy) *project {
	t.Helper()
	for _, ensure := range []func() (string, error){
		func() (string, error) { return images.Redis(t.Context()) },
		func() (string, error) { return images.Worker(t.Context()) },
	} {
		_, err := ensure()
		assert.NilError(t, err)
	}
	return newProject(t, office).with("POLICY=" + string(policy))
}

// release chooses what the next up brings: a version of the web pair, of which
// there are three images, and one of the workers.
func (p *project) release(n int) *project {
	return p.with(fmt.Sprintf("TAG=v%d", (n-1)%3+1), fmt.Sprintf("RELEASE=%d", n))
}

// queue connects to the project's queue.
func (p *project) queue() *queue.Client {
	p.t.Helper()
	c, err := queue.Dial(p.t.Context(), fmt.Sprintf("127.0.0.1:%d", p.tcpPort))
	assert.NilError(p.t, err)
	p.t.Cleanup(func() { _ = c.Close() }) // the queue may have gone before
	return c
}

// jobsOf is how many jobs the releases go through.
const jobsOf = 10_000

// fiveReleases lets workers do all jobs while five releases go by, with two
// rollbacks among them, and visitors that notice nothing. It returns what was
// done.
func fiveReleases(t *testing.T, p *project) (jobs, shifts []queue.Record) {
	t.Helper()
	p.release(1).ok("up")
	c := p.queue()
	feeding := feed(p)
	visitors := p.load(load.Options{URL: p.url()})
	done := func() int {
		n, err := c.Length(queue.Done)
		assert.NilError(t, err)
		return n
	}
	for n, act := range [][]string{{"deploy"}, {"deploy"}, {"rollback"}, {"deploy"}, {"rollback"}, {"deploy"}} {
		before := done()
		p.eventually("jobs are done", func() bool { return done() > before+few })
		feeding.stage.Add(1)
		p.release(n + 2).ok(act...)
	}
	assert.Check(t, done() < jobsOf, "no job was left for the last release")
	assert.NilError(t, feeding.rest())
	for before := -1; !idle(t, c); before = done() {
		p.eventually("more jobs are done", func() bool { return done() > before || idle(t, c) })
	}
	report := visitors.Stop()
	assert.Check(t, report.OK(), "%s\n%s", report, report.Details())
	t.Log(report)
	p.ok("stop", "--force", string(*p.status().Active))
	p.ok("stop", string(p.idle()))
	jobs, err := c.Records(queue.Done)
	assert.NilError(t, err)
	shifts, err = c.Records(queue.Shifts)
	assert.NilError(t, err)
	return jobs, shifts
}

// feeder sees to it that the workers have something to do at every moment of the
// releases, and keeps jobs for those to come: a release takes seconds, or a
// minute on a busy machine.
type feeder struct {
	c       *queue.Client
	stage   atomic.Int32
	pushed  int
	stop    chan struct{}
	stopped chan error
}

// few are enough jobs to have some taken and some waiting; stages is how many
// parts the jobs are kept in.
const (
	few    = 20
	stages = 8 // one more than the releases have, so that jobs are left in the end
)

func feed(p *project) *feeder {
	f := &feeder{c: p.queue(), stop: make(chan struct{}), stopped: make(chan error, 1)}
	go func() { f.stopped <- f.run() }()
	return f
}

func (f *feeder) run() error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-f.stop:
			return nil
		case <-tick.C:
		}
		waiting, err := f.c.Length(queue.Jobs)
		if err != nil {
			return err
		}
		more := 0
		switch {
		case waiting >= few:
		case f.pushed < int(f.stage.Load()+1)*jobsOf/stages:
			more = few
		case n%10 == 0: // this release has had its part
			more = 1
		}
		if err := f.push(more); err != nil {
			return err
		}
	}
}

func (f *feeder) push(n int) error {
	n = min(n, jobsOf-f.pushed)
	err := f.c.Push(f.pushed+1, f.pushed+n)
	f.pushed += n
	return err
}

// rest pushes what is left.
func (f *feeder) rest() error {
	close(f.stop)
	if err := <-f.stopped; err != nil {
		return err
	}
	return f.push(jobsOf)
}

// idle tells that there is nothing to do any more.
func idle(t *testing.T, c *queue.Client) bool {
	t.Helper()
	waiting, err := c.Length(queue.Jobs)
	assert.NilError(t, err)
	taken, err := c.Length(queue.Taken)
	assert.NilError(t, err)
	return waiting+taken == 0
}

// lostAndTwice counts jobs that nobody has done, and that were done again.
func lostAndTwice(jobs []queue.Record) (lost, twice int) {
	times := map[string]int{}
	for _, r := range jobs {
		times[r.Job]++
	}
	for i := 1; i <= jobsOf; i++ {
		n := times[strconv.Itoa(i)]
		if n == 0 {
			lost++
		}
		twice += max(n-1, 0)
	}
	return lost, twice
}

// together counts the times at which records of two versions overlap.
func together(records []queue.Record) int {
	slices.SortFunc(records, func(a, b queue.Record) int { return a.Began.Compare(b.Began) })
	n := 0
	for i, r := range records {
		for _, next := range records[i+1:] {
			if next.Began.After(r.Ended) {
				break
			}
			if next.Version != r.Version {
				n++
			}
		}
	}
	return n
}

// versions counts the versions that have done jobs.
func versions(records []queue.Record) int {
	seen := map[string]bool{}
	for _, r := range records {
		seen[r.Version] = true
	}
	return len(seen)
}

// The workers put back what was taken when they start, as only one who is alone
// may: with two versions at once jobs would be done twice.
func TestTenThousandJobsAreDoneOnceWithPauseThenStart(t *testing.T) {
	long(t)
	t.Parallel()
	p := newOffice(t, compose.PauseThenStart).with("ALONE=yes")
	jobs, shifts := fiveReleases(t, p)
	lost, twice := lostAndTwice(jobs)
	t.Logf("%d jobs by %d versions: %d lost, %d twice", len(jobs), versions(jobs), lost, twice)
	assert.Equal(t, lost, 0)
	assert.Equal(t, twice, 0)
	assert.Equal(t, versions(jobs), 5)
	assert.Equal(t, together(jobs), 0, "two versions worked at once")
	assert.Equal(t, len(shifts), 7, "%v", shifts)
	assert.Equal(t, together(shifts), 0, "two versions were there at once: %v", shifts)
}

func TestTenThousandJobsLoseNoneWithHandoff(t *testing.T) {
	long(t)
	t.Parallel()
	p := newOffice(t, compose.Handoff).with("CLERKS=2")
	jobs, shifts := fiveReleases(t, p)
	lost, twice := lostAndTwice(jobs)
	t.Logf("%d jobs by %d versions: %d lost, %d twice", len(jobs), versions(jobs), lost, twice)
	assert.Equal(t, lost, 0)
	assert.Equal(t, versions(jobs), 5)
	assert.Check(t, together(shifts) > 0, "there was a pause: %v", shifts)
}

func TestTenThousandJobsLoseNoneWithOverlap(t *testing.T) {
	long(t)
	t.Parallel()
	p := newOffice(t, compose.Overlap).with("SIGNAL=TERM")
	jobs, _ := fiveReleases(t, p)
	lost, twice := lostAndTwice(jobs)
	t.Logf("%d jobs by %d versions: %d lost, %d twice", len(jobs), versions(jobs), lost, twice)
	assert.Equal(t, lost, 0)
	assert.Equal(t, versions(jobs), 5)
}

// clerks tells how the workers of a colour are: "running always", "exited no".
func (p *project) clerks(c compose.Colour) string {
	p.t.Helper()
	return p.docker("inspect", "--format", "{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}", p.replica("clerk-"+string(c), 1))
}

// atWork asserts that the workers of one colour are at work, and those of the
// other one are not, nor will be when the engine starts anew.
func (p *project) atWork(c compose.Colour) {
	p.t.Helper()
	assert.Equal(p.t, p.clerks(c), "running always")
	idle := p.clerks(c.Other())
	assert.Check(p.t, idle == "exited no" || idle == "created no", idle)
}

// A handover that is killed at any moment is finished by the next command.
func TestAKilledHandoverIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	for policy, steps := range map[compose.Policy][]string{
		compose.PauseThenStart: {"note", "end-workers", "start-workers", "commit", "drain", "note"},
		compose.Handoff:        {"note", "start-workers", "commit", "end-workers", "drain", "note"},
	} {
		t.Run(string(policy), func(t *testing.T) {
			p := newOffice(t, policy)
			p.release(1).ok("up")
			p.release(2).ok("up")
			p.atWork(compose.Blue)
			var to compose.Colour
			trial{
				thin:   true,
				args:   []string{"switch", "--no-probe"},
				steps:  steps,
				before: func(int) { to = p.idle() },
				after: func(int) {
					assert.Equal(t, *p.status().Active, to)
					p.atWork(to)
				},
			}.run(p)
		})
	}
}

// Before the traffic has moved, another command takes the handover back.
func TestAKilledHandoverIsTakenBackByAnotherCommand(t *testing.T) {
	once(t)
	t.Parallel()
	p := newOffice(t, compose.PauseThenStart)
	p.release(1).ok("up")
	p.release(2).ok("up")
	at, r := p.strikeStep("commit", kill, plugin(), "switch")
	assert.Assert(t, at != nil, "%s", r)
	assert.Equal(t, p.clerks(compose.Green), "running always", "nothing was handed over yet")
	says(t, p.ok("status"), "workers are still to be handed over, to blue")
	p.ok("up")
	assert.Equal(t, *p.status().Active, compose.Blue)
	p.atWork(compose.Blue)
}

// A worker that does not come to work leaves everything where it was.
func TestAWorkerThatDoesNotStartStopsTheSwitch(t *testing.T) {
	t.Parallel()
	p := newOffice(t, compose.PauseThenStart)
	p.release(1).ok("up")
	p.release(2).with("FAIL=yes").ok("up")
	p.fails(3, "it fails, as FAIL says", "switch")
	p.active(compose.Blue, "v1")
	p.atWork(compose.Blue)
	assert.Check(t, p.status().Interrupted == "")

	p.with("FAIL=").ok("deploy")
	p.active(compose.Green, "v2")
	p.atWork(compose.Green)
	says(t, p.ok("status"), "rollback   warm: 1 containers to start (workers)", "running (pause-then-start)", "waiting (pause-then-start)")
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	p.atWork(compose.Blue)
}

// Ctrl-C during a handover takes it back at once.
func TestAnInterruptedHandoverIsTakenBack(t *testing.T) {
	long(t)
	t.Parallel()
	p := newOffice(t, compose.PauseThenStart)
	p.release(1).ok("up")
	p.release(2).ok("up")
	at, r := p.strikeStep("start-workers", interrupt, plugin(), "switch")
	assert.Assert(t, at != nil, "%s", r)
	assert.Equal(t, r.code, 130, "%s", r)
	p.active(compose.Blue, "v1")
	p.atWork(compose.Blue)
	assert.Check(t, p.status().Interrupted == "")
}

// A worker that does not end in time is stopped, with a word about it.
func TestAWorkerThatDoesNotEndIsStopped(t *testing.T) {
	once(t)
	t.Parallel()
	p := newOffice(t, compose.Handoff)
	p.edit("  restart: always\n  healthcheck", "  restart: always\n  stop_grace_period: 1s\n  healthcheck")
	p.release(1).with("DEAF=yes", "LIMIT=2s").ok("up")
	p.release(2).with("DEAF=").ok("up")
	r := p.ok("switch", "--progress", "plain")
	assert.Check(t, strings.Contains(r.stderr, "clerk-blue-1: has not ended after 2s: it is stopped"), "%s", r)
	p.active(compose.Green, "v2")
	p.atWork(compose.Green)
}

// Workers are scaled where they are at work, and where they wait.
func TestWorkersAreScaled(t *testing.T) {
	long(t)
	t.Parallel()
	p := newOffice(t, compose.Handoff)
	p.release(1).ok("up")
	p.ok("scale", "clerk=3")
	blue := p.status().Colours[compose.Blue].Workers[0]
	assert.Equal(t, fmt.Sprintf("%d of %d %s", blue.Healthy, blue.Replicas, blue.State), "3 of 3 running")
	p.ok("scale", "clerk=1")
	assert.Equal(t, len(p.containers("clerk-blue")), 1)
	p.doesJobs()
}

// doesJobs asserts that jobs are done.
func (p *project) doesJobs() {
	p.t.Helper()
	const some = 10
	c := p.queue()
	assert.NilError(p.t, c.Push(1, some))
	p.eventually("jobs are done", func() bool {
		n, err := c.Length(queue.Done)
		assert.NilError(p.t, err)
		return n == some
	})
}
