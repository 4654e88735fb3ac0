package swarm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	api "github.com/moby/moby/api/types/swarm"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// failures is how many tasks of one slot may fail before the service is held
// for one that cannot start: a Swarm tries for ever.
const failures = 3

// Await blocks until each slot of services runs for the Swarm, which calls a
// task running when its own healthcheck has passed. As soon as one cannot
// (tasks fail again and again, or are rejected), and when ctx's deadline passes,
// it returns *compose.UnhealthyError.
func (e *Engine) Await(ctx context.Context, services []string) error {
	return e.AwaitSteady(ctx, services, 0)
}

// AwaitSteady is Await where a slot is ready when its task has run for a time.
func (e *Engine) AwaitSteady(ctx context.Context, services []string, steady time.Duration) error {
	a := awaiting{engine: e, services: services, steady: steady, shown: map[string]int{}}
	err := e.until(ctx, a.look)
	if errors.Is(err, context.DeadlineExceeded) && len(a.late) > 0 {
		return &compose.UnhealthyError{Failures: e.Explain(context.WithoutCancel(ctx), a.late)}
	}
	return err
}

// awaiting is a wait for services.
type awaiting struct {
	engine   *Engine
	services []string
	steady   time.Duration
	shown    map[string]int    // how many were ready when that was last told
	late     []compose.Failure // who was not ready when it was last looked
}

// look tells that all are ready, or fails.
func (a *awaiting) look(v view) (bool, error) {
	a.late = nil
	ready := true
	for _, name := range a.services {
		s, there := v.services[name]
		if !there {
			return false, a.engine.explain("await "+name, errGone)
		}
		if failed := hopeless(s, v.tasks); len(failed) > 0 {
			return false, &compose.UnhealthyError{Failures: a.engine.Explain(context.Background(), failed)}
		}
		n, late := a.count(s, v)
		a.late = append(a.late, late...)
		all := expected(s, v)
		a.tell(name, n, all)
		ready = ready && n >= all && len(late) == 0
	}
	return ready, nil
}

// count counts the slots that are ready, and lists the others.
func (a *awaiting) count(s api.Service, v view) (ready int, late []compose.Failure) {
	for _, slot := range v.there(s) {
		if slot.Ready() && time.Since(slot.Created) >= a.steady {
			ready++
			continue
		}
		late = append(late, compose.Failure{Container: slot.Name, Service: slot.Service, Reason: "is not running in time (" + slot.Status + ")"})
	}
	if s.Spec.Mode.Global != nil && ready+len(late) == 0 {
		late = append(late, compose.Failure{
			Container: s.Spec.Name, Service: nameOf(s),
			Reason: "runs on no node, for none fits its placement; a proxy's nodes need a label: docker node update --label-add bluegreen.proxy=true NODE",
		})
	}
	return ready, late
}

// there are the slots of a service that are not on lost nodes.
func (v view) there(s api.Service) []compose.Container {
	return slices.DeleteFunc(slotsOf(s, v.tasks, v.nodes), func(c compose.Container) bool { return c.State == stateLost })
}

// expected is how many slots a service should have.
func expected(s api.Service, v view) int {
	switch {
	case s.Spec.Mode.Replicated != nil && s.Spec.Mode.Replicated.Replicas != nil:
		return int(*s.Spec.Mode.Replicated.Replicas) //nolint:gosec // a number of replicas
	case s.Spec.Mode.Global != nil:
		return max(1, len(v.there(s)))
	default:
		return 0
	}
}

func (a *awaiting) tell(service string, ready, all int) {
	if former, told := a.shown[service]; told && former == ready {
		return
	}
	a.shown[service] = ready
	status := compose.Working
	if ready == all {
		status = compose.Done
	}
	a.engine.report.Report(compose.Event{
		Step: stepAwait, Subject: service, Colour: a.engine.colour(service), Status: status, Ready: ready, Wanted: all,
		Text: fmt.Sprintf("%d/%d running", ready, all),
	})
}

// hopeless lists the slots of a service whose tasks fail again and again, or
// that was to run once and failed.
func hopeless(s api.Service, tasks []api.Task) []compose.Failure {
	failed := map[string][]api.Task{}
	for _, t := range tasks {
		if t.ServiceID == s.ID && t.CreatedAt.After(changed(s)) && (t.Status.State == api.TaskStateFailed || t.Status.State == api.TaskStateRejected) {
			failed[slotKey(t)] = append(failed[slotKey(t)], t)
		}
	}
	limit := failures
	if p := s.Spec.TaskTemplate.RestartPolicy; p != nil && p.Condition == api.RestartPolicyConditionNone {
		limit = 1
	}
	var list []compose.Failure
	for _, of := range failed {
		if len(of) < limit {
			continue
		}
		last := slices.MaxFunc(of, func(a, b api.Task) int { return a.CreatedAt.Compare(b.CreatedAt) })
		list = append(list, failureOf(s, last))
	}
	return list
}

// changed is when what a service's tasks run was last changed.
func changed(s api.Service) time.Time {
	if s.UpdateStatus != nil && s.UpdateStatus.StartedAt != nil {
		return *s.UpdateStatus.StartedAt
	}
	return s.CreatedAt
}

func failureOf(s api.Service, t api.Task) compose.Failure {
	reason := "fails (" + string(t.Status.State) + ")"
	if c := t.Status.ContainerStatus; c != nil && (c.ExitCode != 0 || t.Status.State == api.TaskStateComplete) {
		reason = fmt.Sprintf("exited with code %d", c.ExitCode)
	} else if t.Status.Err != "" {
		reason = "fails: " + t.Status.Err
	}
	return compose.Failure{Container: fmt.Sprintf("%s.%d", s.Spec.Name, t.Slot), Service: nameOf(s), Reason: reason}
}
