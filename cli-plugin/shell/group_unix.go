//go:build !windows

package shell

import (
	"context"
	"os"
	"os/exec"
	"syscall"
)

// command is a line of shell in a process group of its own, so that a Ctrl-C
// at the terminal reaches the tool alone, and the group can be ended as one.
func command(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// end asks the group to end.
func end(leader *os.Process) error { return syscall.Kill(-leader.Pid, syscall.SIGTERM) }

// kill ends what is left of the group. Its number stays taken while anybody
// is in it; nobody is no error.
func kill(leader *os.Process) { _ = syscall.Kill(-leader.Pid, syscall.SIGKILL) }
