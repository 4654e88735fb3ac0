package local

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Finish starts one-shot services and blocks until each has ended. One that
// runs already is awaited, one that has ended before is started again. A
// non-zero exit, and ctx's deadline, are an *compose.UnhealthyError; when ctx
// is cancelled, the result is ctx's error and the jobs go on.
func (e *Engine) Finish(ctx context.Context, services []string) error {
	containers, err := e.containersOf(ctx, services)
	if err != nil {
		return fmt.Errorf("run one-shot services: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// Who asks for the exit after the start may find a quick job gone.
	jobs := make([]*job, len(containers))
	for i, c := range containers {
		jobs[i] = e.expect(ctx, c)
	}
	err = e.start(ctx, stepFinish, containers)
	if err != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("run one-shot services: %w", err)
	}
	return e.finish(ctx, jobs)
}

// finish awaits all jobs, and collects those that failed.
func (e *Engine) finish(ctx context.Context, jobs []*job) error {
	var mu sync.Mutex
	var failures []compose.Failure
	err := each(ctx, jobs, func(ctx context.Context, j *job) error {
		code, err := j.wait(ctx)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
		case err != nil:
			return fmt.Errorf("await the end of %s: %w", j.Name, err)
		case code == 0:
			e.tell(stepFinish, j.Container, compose.Done, "finished")
			return nil
		}
		e.tell(stepFinish, j.Container, compose.Failed, "failed")
		failure := e.jobFailure(ctx, j)
		mu.Lock()
		defer mu.Unlock()
		failures = append(failures, failure)
		return nil
	})
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	if len(failures) > 0 {
		return &compose.UnhealthyError{Failures: failures}
	}
	return err
}

func (e *Engine) jobFailure(ctx context.Context, j *job) compose.Failure {
	ctx, cancel := diagnosis(ctx)
	defer cancel()
	f := e.failure(ctx, &replica{Container: j.Container})
	if f.Reason == late(compose.NoHealth) {
		f.Reason = "not finished in time"
	}
	return f
}

// job is a one-shot container whose end is awaited.
type job struct {
	compose.Container
	engine *Engine
	end    client.ContainerWaitResult
}

// expect subscribes to a container's end.
func (e *Engine) expect(ctx context.Context, c compose.Container) *job {
	next := container.WaitConditionNextExit
	if c.Running() || c.State == "restarting" {
		next = container.WaitConditionNotRunning
	}
	return &job{Container: c, engine: e, end: e.await(ctx, c.ID, next)}
}

func (e *Engine) await(ctx context.Context, id string, condition container.WaitCondition) client.ContainerWaitResult {
	return e.api().ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: condition})
}

// wait blocks until the job has ended for good, and returns its exit code. A
// failed one with a restart policy has not, as long as the engine tries again.
// The exit code that the engine sends along is not to be trusted then: the
// engine reads it when the next try has perhaps begun, and says 0.
func (j *job) wait(ctx context.Context) (code int64, err error) {
	for {
		select {
		case err := <-j.end.Error:
			return 0, err
		case <-ctx.Done():
			return 0, ctx.Err()
		case result := <-j.end.Result:
			code = result.StatusCode
		}
		found, err := j.engine.api().ContainerInspect(ctx, j.ID, client.ContainerInspectOptions{})
		if err != nil {
			return code, err
		}
		state := found.Container.State
		if state == nil {
			return code, nil
		}
		j.State = string(state.Status)
		switch {
		case !state.Running: // restarting counts as running
			return int64(state.ExitCode), nil
		case code == 0 && !onFailure(found.Container):
			return 0, nil
		}
		j.end = j.engine.await(ctx, j.ID, container.WaitConditionNotRunning)
	}
}

// onFailure tells that the engine starts the container again only when it
// has failed.
func onFailure(c container.InspectResponse) bool {
	return c.HostConfig != nil && c.HostConfig.RestartPolicy.Name == container.RestartPolicyOnFailure
}
