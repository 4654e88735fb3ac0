// Package shell runs commands by the shell of the machine where the tool runs.
package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Shell implements switcher.Shell.
type Shell struct{}

// grace is how long a command that was told to end may take to tidy up.
const grace = 2 * time.Second

// Run runs a command to its end, without input. When ctx ends, its whole
// process group is told to end, and killed after the grace. What it leaves
// running when it ends well is its own matter, and not waited for.
func (Shell) Run(ctx context.Context, c switcher.ShellCommand, out io.Writer) error {
	cmd := command(ctx, c.Line)
	cmd.Dir, cmd.Env = c.Directory, append(os.Environ(), c.Env...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Cancel = func() error { return end(cmd.Process) }
	cmd.WaitDelay = grace
	err := cmd.Run()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) && ctx.Err() == nil {
		return nil
	}
	if ctx.Err() != nil && cmd.Process != nil {
		kill(cmd.Process)
		return ctx.Err()
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() >= 0 {
		return fmt.Errorf("exited with code %d", exit.ExitCode())
	}
	return err
}
