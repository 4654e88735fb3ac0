package local

import (
	"context"
	"fmt"
	"io"

	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Program runs a program in a running container to its end. The image needs no
// shell; but without one, nothing ends a program whose time is over.
func (e *Engine) Program(ctx context.Context, c compose.Container, args, env []string, out io.Writer) error {
	s, id, err := e.exec(ctx, c.ID, client.ExecCreateOptions{Env: env, Cmd: args})
	if err != nil {
		return fmt.Errorf("run in %s: %w", c.Name, err)
	}
	defer s.Close()                                          //nolint:errcheck // the process has ended, or is left to itself
	defer context.AfterFunc(ctx, func() { _ = s.Close() })() // frees the reading
	_, err = io.Copy(out, s.Stdout())
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return err
	}
	_, _ = io.WriteString(out, s.Stderr())
	return e.exitOf(ctx, id)
}
