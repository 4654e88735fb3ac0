package swarm

import (
	"context"
	"slices"

	api "github.com/moby/moby/api/types/swarm"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Guard blocks until a task of services fails, or ends by itself: an
// *compose.UnhealthyError with what it said, also where another one takes its
// place. When ctx ends it is ctx's error.
func (e *Engine) Guard(ctx context.Context, services []string) error {
	var known map[string]bool
	return e.until(ctx, func(v view) (bool, error) {
		first := known == nil
		if first {
			known = map[string]bool{}
		}
		for _, t := range v.tasks {
			name, s := v.owner(t)
			fallen := t.Status.State == api.TaskStateFailed || t.Status.State == api.TaskStateComplete
			if !slices.Contains(services, name) || wanted(t) && !fallen || known[t.ID] {
				continue
			}
			known[t.ID] = true
			if !first && fallen {
				return false, &compose.UnhealthyError{Failures: e.Explain(ctx, []compose.Failure{failureOf(s, t)})}
			}
		}
		return false, nil
	})
}

// owner is the service of a task.
func (v view) owner(t api.Task) (string, api.Service) {
	for name, s := range v.services {
		if s.ID == t.ServiceID {
			return name, s
		}
	}
	return "", api.Service{}
}
