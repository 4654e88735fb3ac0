package images

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// docker runs the docker command line and returns what it printed.
func docker(ctx context.Context, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "docker", args...)
	// The recipes need nothing of BuildKit, and older engines come without it.
	command.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	return output(command)
}

// output runs a command; its error holds the last lines of what the command complained about.
func output(command *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 5 * time.Second
	if err := command.Run(); err != nil {
		name := strings.Join(command.Args[:min(2, len(command.Args))], " ")
		return "", fmt.Errorf("%s: %w\n%s", name, err, lastLines(stdout.String()+stderr.String(), 15))
	}
	return stdout.String(), nil
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
