package local

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	sdk "github.com/docker/compose/v5/pkg/compose"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// beforeStop runs a running container's pre_stop hooks, as the file has them.
// One that fails is told and no more: it would keep a broken container, whose
// hooks fail with it, from ever being replaced.
func (e *Engine) beforeStop(ctx context.Context, step string, c compose.Container) {
	if e.source == nil || !c.Running() {
		return
	}
	for _, hook := range e.source.Source.AllServices()[c.Service].PreStop {
		e.tell(step, c, compose.Working, "pre_stop")
		if err := e.runHook(ctx, c.ID, hook); err != nil {
			e.tell(step, c, compose.Warning, fmt.Sprintf("pre_stop %s: %v", hook.Command, err))
		}
	}
}

// runHook runs a command of the file in a container, to its end.
func (e *Engine) runHook(ctx context.Context, containerID string, hook types.ServiceHook) error {
	s, id, err := e.exec(ctx, containerID, client.ExecCreateOptions{
		User: hook.User, Privileged: hook.Privileged, Env: sdk.ToMobyEnv(hook.Environment),
		WorkingDir: hook.WorkingDir, Cmd: hook.Command,
	})
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })() // frees the reading
	defer s.Close()                                          //nolint:errcheck // the process has ended
	out, err := io.ReadAll(s.Stdout())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	end, err := e.api().ExecInspect(ctx, id, client.ExecInspectOptions{})
	if err != nil {
		return err
	}
	if end.ExitCode != 0 {
		return fmt.Errorf("exited with code %d: %s", end.ExitCode, strings.TrimSpace(s.Stderr()+string(out)))
	}
	return nil
}
