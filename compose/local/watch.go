package local

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// watch follows the containers of some services. The engine's events say when
// to look at a container, and the look says how it is: an event may be older
// than what is already known.
type watch struct {
	engine   *Engine
	services []string
	replicas map[string]*replica // by container id
	told     map[string]tally    // by service: the last progress reported
	// until tells that there is nothing left to wait for.
	until  func() bool
	steady time.Duration // how long each has to run without a break
}

func newWatch(e *Engine, services []string) *watch {
	w := &watch{
		engine: e, services: services,
		replicas: map[string]*replica{}, told: map[string]tally{},
	}
	w.until = w.settled
	return w
}

// quiet is how long the watch trusts the silence: an engine drops events for
// a listener that is slow, and some failures to restart make none.
const quiet = 5 * time.Second

// follow subscribes, then looks, then reacts to events, in this order so that
// nothing happens unseen. It returns nil once the watch is settled; heard
// tells whether the subscription worked for a while.
func (w *watch) follow(ctx context.Context) (heard bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream := w.engine.api().Events(ctx, client.EventsListOptions{Filters: w.filters()})
	if err := w.look(ctx); err != nil {
		return false, err
	}
	silence := time.NewTimer(quiet)
	defer silence.Stop()
	for !w.until() {
		select {
		case <-ctx.Done():
			return heard, ctx.Err()
		case err := <-stream.Err:
			return heard, err
		case m := <-stream.Messages:
			heard, err = true, w.event(ctx, m)
		case <-w.steadied():
			err = w.look(ctx)
		case <-silence.C:
			err = w.look(ctx)
		}
		if err != nil {
			return heard, err
		}
		silence.Reset(quiet)
	}
	return heard, nil
}

// steadied tells when the next container will have run for long enough; never,
// where none has to.
func (w *watch) steadied() <-chan time.Time {
	soonest := time.Duration(0)
	for _, r := range w.replicas {
		if left := r.left(); r.Running() && left > 0 && (soonest == 0 || left < soonest) {
			soonest = left
		}
	}
	if soonest == 0 {
		return nil
	}
	return time.After(soonest)
}

func (w *watch) filters() client.Filters {
	f := withLabel(api.ProjectLabel, w.engine.name).Add("type", string(events.ContainerEventType))
	for _, action := range []events.Action{
		events.ActionStart, events.ActionDie, events.ActionOOM, events.ActionDestroy,
		events.ActionPause, events.ActionUnPause, events.ActionHealthStatus,
	} {
		f.Add("event", string(action))
	}
	return f
}

// event looks at the container that an event is about.
func (w *watch) event(ctx context.Context, m events.Message) error {
	labels := m.Actor.Attributes // and what the event tells
	if !isReplica(labels) || !slices.Contains(w.services, labels[api.ServiceLabel]) {
		return nil
	}
	r, known := w.replicas[m.Actor.ID]
	if !known {
		return w.look(ctx)
	}
	if m.Action == events.ActionOOM {
		r.outOfMemory = true
		return nil
	}
	if m.Action == events.ActionDie {
		r.deaths++
		r.since = time.Time{}
		r.exitCode = labels["exitCode"]
	}
	if err := w.inspect(ctx, r); err != nil {
		return err
	}
	w.tell(r)
	return nil
}

// inspect asks how one container is.
func (w *watch) inspect(ctx context.Context, r *replica) error {
	found, err := w.engine.api().ContainerInspect(ctx, r.ID, client.ContainerInspectOptions{})
	if errdefs.IsNotFound(err) {
		r.removed = true
		return nil
	}
	if err == nil {
		r.update(found.Container)
	}
	return err
}

// look lists the containers.
func (w *watch) look(ctx context.Context) error {
	found, err := w.engine.containersOf(ctx, w.services)
	if err != nil {
		return err
	}
	for _, r := range w.replicas {
		r.removed = !slices.ContainsFunc(found, func(c compose.Container) bool { return c.ID == r.ID })
	}
	for _, c := range found {
		r, known := w.replicas[c.ID]
		if !known {
			r = &replica{steadiness: steadiness{want: w.steady}}
			w.replicas[c.ID] = r
		}
		r.Container = c
		r.clock()
		if r.Running() && r.Health == compose.Unhealthy {
			// Only an inspection tells whether it is.
			if err := w.inspect(ctx, r); err != nil {
				return err
			}
		}
	}
	for _, r := range w.replicas {
		w.tell(r)
	}
	return nil
}

// settled tells that all are ready, or that one cannot become so.
func (w *watch) settled() bool { return len(w.unready()) == 0 || len(w.failed()) > 0 }

func (w *watch) failed() []*replica { return w.those((*replica).failed) }

func (w *watch) unready() []*replica {
	return w.those(func(r *replica) bool { return !r.ready() })
}

func (w *watch) those(are func(*replica) bool) []*replica {
	var found []*replica
	for _, r := range w.replicas {
		if are(r) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *replica) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), cmp.Compare(a.Number, b.Number))
	})
	return found
}
