package local

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// logLines is how many last lines of a failed container's output are shown.
const logLines = 15

// diagnosis is a context for finding out why a wait failed: the wait's own
// may have ended, but a person still wants to know.
func diagnosis(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
}

// diagnose collects what a person needs to see why replicas are not ready.
// What cannot be had stays empty.
func (w *watch) diagnose(ctx context.Context, replicas []*replica) []compose.Failure {
	failures := make([]compose.Failure, len(replicas))
	numbers := make([]int, len(replicas))
	for i := range numbers {
		numbers[i] = i
	}
	// Nothing in it fails: an empty diagnosis is one too.
	_ = each(ctx, numbers, func(ctx context.Context, i int) error {
		failures[i] = w.engine.failure(ctx, replicas[i])
		return nil
	})
	return failures
}

func (e *Engine) failure(ctx context.Context, r *replica) compose.Failure {
	f := compose.Failure{Container: r.Name, Service: r.Service, Reason: "was removed"}
	if r.removed {
		return f
	}
	found, err := e.api().ContainerInspect(ctx, r.ID, client.ContainerInspectOptions{})
	if err != nil || found.Container.State == nil {
		f.Reason = r.reason(nil, "")
		return f
	}
	state := found.Container.State
	f.Health = lastHealth(state)
	f.Reason = r.reason(state, f.Health)
	f.Logs = e.lastLines(ctx, found.Container)
	return f
}

// reason says in words why the replica is not ready. s is nil when the engine
// does not tell.
func (r *replica) reason(s *container.State, healthOutput string) string {
	switch {
	case r.outOfMemory || (s != nil && s.OOMKilled):
		return "out of memory"
	case r.ended() && s != nil && s.Error != "":
		return "could not be started: " + s.Error
	case r.ended():
		return r.exit(s)
	case r.Health == compose.Unhealthy:
		first, _, _ := strings.Cut(healthOutput, "\n")
		return strings.TrimSuffix("unhealthy: "+first, ": ")
	case r.deaths > 1:
		return fmt.Sprintf("keeps crashing: %s, %d times", r.exit(nil), r.deaths)
	case r.deaths > 0:
		return "keeps crashing: " + r.exit(nil)
	case s != nil && s.Restarting:
		return "keeps crashing: " + r.exit(s)
	default:
		return late(r.Health)
	}
}

// exit says how the replica has ended last. What the event told counts where
// it has been started again: it has no exit code of its own then.
func (r *replica) exit(s *container.State) string {
	switch {
	case s != nil:
		return fmt.Sprintf("exited with code %d", s.ExitCode)
	case r.exitCode != "":
		return "exited with code " + r.exitCode
	default:
		return "exited"
	}
}

func late(h compose.Health) string {
	if h == compose.NoHealth {
		return "not running in time"
	}
	return "not healthy in time"
}

// lastHealth is the output of the last run of the healthcheck.
func lastHealth(s *container.State) string {
	if s.Health == nil || len(s.Health.Log) == 0 {
		return ""
	}
	return strings.TrimSpace(s.Health.Log[len(s.Health.Log)-1].Output)
}

// lastLines reads the end of a container's output; nil when it cannot be read,
// as with some log drivers.
func (e *Engine) lastLines(ctx context.Context, c container.InspectResponse) []string {
	logs, err := e.api().ContainerLogs(ctx, c.ID, client.ContainerLogsOptions{
		ShowStdout: true, ShowStderr: true, Tail: strconv.Itoa(logLines),
	})
	if err != nil {
		return nil
	}
	defer logs.Close() //nolint:errcheck // it was read, and there is nothing left to save
	var text bytes.Buffer
	if c.Config != nil && c.Config.Tty {
		_, err = io.Copy(&text, logs)
	} else {
		_, err = stdcopy.StdCopy(&text, &text, logs)
	}
	if err != nil && text.Len() == 0 {
		return nil
	}
	all := strings.Split(strings.TrimRight(text.String(), "\r\n"), "\n")
	if len(all) == 1 && all[0] == "" {
		return nil
	}
	return all[max(0, len(all)-logLines):]
}
