package local

import (
	"time"

	"github.com/moby/moby/api/types/container"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// replica is a container whose readiness is awaited, with what happened to it
// meanwhile.
type replica struct {
	compose.Container
	deaths      int
	exitCode    string // of the last death
	outOfMemory bool
	removed     bool
	told        string // the last progress reported
	steadiness
}

// steadiness is how long a container without a healthcheck has to run without
// a break until it is ready; zero is not at all.
type steadiness struct {
	want  time.Duration
	since time.Time // it was first seen to run; zero when it does not
}

// left is how long the container still has to run.
func (r *replica) left() time.Duration {
	if r.want == 0 || r.Health != compose.NoHealth {
		return 0
	}
	return r.want - time.Since(r.since)
}

// clock notes since when the container runs.
func (r *replica) clock() {
	switch {
	case !r.Running():
		r.since = time.Time{}
	case r.since.IsZero():
		r.since = time.Now()
	}
}

// crashLoop is how many deaths during one wait make a crash loop.
const crashLoop = 3

func (r *replica) ready() bool { return r.Ready() && !r.failed() && r.left() <= 0 }

// failed tells that waiting longer is of no use.
func (r *replica) failed() bool {
	return r.removed || r.ended() || r.deaths >= crashLoop || (r.Running() && r.Health == compose.Unhealthy)
}

// ended tells that the process has ended and the engine will not start it
// again: one that it will is "restarting".
func (r *replica) ended() bool { return r.State == "exited" || r.State == "dead" }

// update takes over what an inspection found.
func (r *replica) update(c container.InspectResponse) {
	if c.State == nil {
		return
	}
	r.State, r.Health = string(c.State.Status), compose.NoHealth
	if c.State.Health != nil {
		r.Health = health(c.State.Health.Status)
	}
	if r.Health == compose.Unhealthy && !proven(c) {
		r.Health = compose.Starting
	}
	r.clock()
}

// defaultRetries is the engine's, where a healthcheck names none.
const defaultRetries = 3

// proven tells that a container is unhealthy by its checks. The engine calls
// it so, too, when it stops the checks, an instant before it is seen to have
// died; it may well be started again.
func proven(c container.InspectResponse) bool {
	retries := defaultRetries
	if c.Config != nil && c.Config.Healthcheck != nil && c.Config.Healthcheck.Retries > 0 {
		retries = c.Config.Healthcheck.Retries
	}
	return c.State.Health.FailingStreak >= retries
}

// progress says in words how far the replica is.
func (r *replica) progress() (compose.Status, string) {
	switch {
	case r.removed:
		return compose.Failed, "removed"
	case r.failed() && r.Health == compose.Unhealthy:
		return compose.Failed, "unhealthy"
	case r.failed():
		return compose.Failed, r.State
	case r.Ready() && r.Health == compose.Healthy:
		return compose.Done, "healthy"
	case r.Ready() && r.left() <= 0:
		return compose.Done, "running"
	case r.Running():
		return compose.Working, "starting"
	default:
		return compose.Working, r.State
	}
}

// tally counts a service's replicas.
type tally struct{ ready, wanted int }

func (w *watch) count(service string) tally {
	var t tally
	for _, r := range w.replicas {
		if r.Service != service {
			continue
		}
		t.wanted++
		if r.ready() {
			t.ready++
		}
	}
	return t
}

// tell reports a replica's progress and its service's, where they changed.
func (w *watch) tell(r *replica) {
	status, text := r.progress()
	if r.told == text {
		return
	}
	r.told = text
	w.engine.tell(stepAwait, r.Container, status, text)

	t := w.count(r.Service)
	if w.told[r.Service] == t {
		return
	}
	w.told[r.Service] = t
	status = compose.Working
	if t.ready == t.wanted {
		status = compose.Done
	}
	w.engine.report.Report(compose.Event{
		Step: stepAwait, Subject: r.Service, Colour: w.engine.colour(r.Service),
		Status: status, Text: "ready", Ready: t.ready, Wanted: t.wanted,
	})
}

// note reports that the watch could not see something that it wanted to.
func (w *watch) note(err error) {
	w.engine.report.Report(compose.Event{
		Step: stepAwait, Subject: w.engine.name, Status: compose.Warning, Text: err.Error(),
	})
}
