package swarm

import (
	"context"

	api "github.com/moby/moby/api/types/swarm"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Finish runs one-shot services to their ends, each as a Swarm's job; one that
// does not end well is an *compose.UnhealthyError.
func (e *Engine) Finish(ctx context.Context, services []string) error {
	for _, name := range services {
		spec, err := e.spec(ctx, name)
		if err != nil {
			return err
		}
		if err := e.runJob(ctx, name, spec); err != nil {
			return err
		}
	}
	return nil
}

// runJob makes a job anew, and waits for its end. It stays, with its tasks, to
// be looked at, until it is run again.
func (e *Engine) runJob(ctx context.Context, name string, spec api.ServiceSpec) error {
	found, err := e.services(ctx)
	if err != nil {
		return err
	}
	if former, there := found[name]; there {
		if err := e.removeService(ctx, former); err != nil {
			return err
		}
	}
	if err := e.make(ctx, name, spec); err != nil {
		return err
	}
	return e.until(ctx, func(v view) (bool, error) {
		s, there := v.services[name]
		if !there {
			return false, e.explain("run "+name, errGone)
		}
		for _, t := range v.tasks {
			if t.ServiceID == s.ID && (t.Status.State == api.TaskStateFailed || t.Status.State == api.TaskStateRejected) {
				return false, &compose.UnhealthyError{Failures: e.Explain(ctx, []compose.Failure{failureOf(s, t)})}
			}
		}
		done := endedWell(s, v.tasks)
		if done {
			e.tell("finish", name, compose.Done, "ended well")
		}
		return done, nil
	})
}

// endedWell tells that all tasks of a job have: as many as it is to have, or the
// one on each node.
func endedWell(s api.Service, tasks []api.Task) bool {
	done, open := 0, 0
	for _, t := range tasks {
		switch {
		case t.ServiceID != s.ID:
		case t.Status.State == api.TaskStateComplete:
			done++
		case t.DesiredState == api.TaskStateComplete: // not one that the Swarm has given up
			open++
		}
	}
	if job := s.Spec.Mode.ReplicatedJob; job != nil && job.TotalCompletions != nil {
		return done >= int(*job.TotalCompletions) //nolint:gosec // a number of tasks
	}
	return done > 0 && open == 0
}
