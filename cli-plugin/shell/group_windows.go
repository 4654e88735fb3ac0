package shell

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// command is a line for cmd, which takes it as it is: Go's own quoting is
// for programs that read their arguments in another way.
func command(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /d /s /c "` + line + `"`}
	return cmd
}

// end ends the command with all that it has started: Windows has no signal
// that asks for it.
func end(leader *os.Process) error {
	return exec.Command("taskkill", "/t", "/f", "/pid", strconv.Itoa(leader.Pid)).Run() //nolint:noctx // the command's own context is over
}

// kill has nothing left to do.
func kill(*os.Process) {}
