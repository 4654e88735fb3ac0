package swarm

import (
	"context"
	"errors"
	"maps"
	"time"

	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// ReplaceSettings gives the proxy's instances the settings that Configure was
// told, one after the other, and blocks until all run. Where one does not come
// up, all are put back to what they were: *compose.UnhealthyError.
func (e *Engine) ReplaceSettings(ctx context.Context) error {
	const doing = "replace the proxy's instances"
	s, found, err := e.proxyService(ctx)
	switch {
	case err != nil:
		return err
	case !found:
		return e.explain(doing, errGone)
	case e.settings == nil:
		return e.explain(doing, errors.New("its settings have not been made"))
	}
	next := s.Spec
	if err := e.mountSettings(ctx, &next); err != nil {
		return err
	}
	return e.roll(ctx, s, next)
}

// replaceInstances brings them to what the file says.
func (e *Engine) replaceInstances(ctx context.Context, name string) error {
	s, found, err := e.proxyService(ctx)
	if err != nil {
		return err
	}
	next, err := e.proxySpec(ctx, name)
	if err != nil {
		return err
	}
	if err := e.ensureControl(ctx, next.TaskTemplate.ContainerSpec.Image); err != nil || !found {
		return err
	}
	return e.roll(ctx, s, next)
}

// roll updates the proxy's service and follows the update. What the labels say of
// the traffic stays, whatever the next spec says.
func (e *Engine) roll(ctx context.Context, s api.Service, next api.ServiceSpec) error {
	next.UpdateConfig = oneByOne(next.UpdateConfig)
	failed := e.rollTo(ctx, s.ID, next)
	var unhealthy *compose.UnhealthyError
	if !errors.As(failed, &unhealthy) {
		return failed
	}
	back := context.WithoutCancel(ctx)
	unhealthy.Failures = e.Explain(back, unhealthy.Failures)
	former := s.Spec
	former.UpdateConfig = oneByOne(former.UpdateConfig)
	return errors.Join(failed, e.rollTo(back, s.ID, former))
}

// oneByOne is how instances are replaced: the host's ports are free only when the
// former one has ended, and what fails must not go on to the others.
func oneByOne(c *api.UpdateConfig) *api.UpdateConfig {
	own := api.UpdateConfig{Parallelism: 1}
	if c != nil {
		own = *c
	}
	own.FailureAction, own.Order = api.UpdateFailureActionPause, api.UpdateOrderStopFirst
	return &own
}

func (e *Engine) rollTo(ctx context.Context, id string, next api.ServiceSpec) error {
	now, err := e.api().ServiceInspect(ctx, id, client.ServiceInspectOptions{})
	if err != nil {
		return e.explain("replace the proxy's instances", err)
	}
	before := now.Service.UpdateStatus
	err = e.update(ctx, now.Service, func(spec *api.ServiceSpec) {
		kept := spec.Labels
		*spec = next
		spec.Labels = maps.Clone(next.Labels)
		for _, label := range []string{ActiveLabel, RoutingLabel, epochLabel} {
			delete(spec.Labels, label)
			if value, had := kept[label]; had {
				spec.Labels[label] = value
			}
		}
	})
	if err != nil {
		return err
	}
	return e.followUpdate(ctx, id, before)
}

// beginning is how long a Swarm may take to begin an update.
const beginning = 5 * time.Second

// followUpdate blocks until an update has ended that began after another one.
func (e *Engine) followUpdate(ctx context.Context, id string, before *api.UpdateStatus) error {
	f := following{engine: e, shown: -1, began: time.Now()}
	return e.until(ctx, func(v view) (bool, error) {
		for name, s := range v.services {
			if s.ID == id && !same(before, s.UpdateStatus) {
				return f.look(v, name, s)
			}
		}
		return false, nil
	})
}

// following is the wait for an update's end.
type following struct {
	engine *Engine
	shown  int // how many instances ran when that was last told
	began  time.Time
}

// look tells that the update has ended, or fails.
func (f *following) look(v view, name string, s api.Service) (bool, error) {
	slots, ready := v.there(s), 0
	for _, slot := range slots {
		if slot.Ready() {
			ready++
		}
	}
	if ready != f.shown {
		f.shown = ready
		f.engine.report.Report(compose.Event{Step: "replace", Subject: name, Status: compose.Working, Ready: ready, Wanted: len(slots), Text: "running"})
	}
	switch {
	case s.UpdateStatus == nil: // a change that concerns no task begins no update
		return ready == len(slots) && time.Since(f.began) > beginning, nil
	case s.UpdateStatus.State == api.UpdateStatePaused:
		return false, &compose.UnhealthyError{Failures: v.paused(s)}
	default:
		return s.UpdateStatus.State == api.UpdateStateCompleted, nil
	}
}

// same tells that two statuses are of one update.
func same(a, b *api.UpdateStatus) bool {
	return a != nil && b != nil && a.StartedAt != nil && b.StartedAt != nil && a.StartedAt.Equal(*b.StartedAt)
}

// paused lists the tasks for whose failure an update has stopped.
func (v view) paused(s api.Service) []compose.Failure {
	for _, t := range v.tasks {
		if t.ServiceID == s.ID && t.CreatedAt.After(*s.UpdateStatus.StartedAt) && t.Status.State == api.TaskStateFailed {
			return []compose.Failure{failureOf(s, t)}
		}
	}
	return []compose.Failure{{Container: s.Spec.Name, Service: nameOf(s), Reason: "does not start: " + s.UpdateStatus.Message}}
}
