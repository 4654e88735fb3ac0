package images

import (
	"bufio"
	"context"
	"os/exec"
	"time"
)

// firstWord is how long a registry may take to say that it knows an image. The download itself
// may take as long as the caller's context allows.
const firstWord = 10 * time.Second

// obtain tells whether the engine has an image, after pulling it where a registry answers.
func obtain(ctx context.Context, ref string) bool {
	if _, err := docker(ctx, "image", "inspect", "--format", "{{.Id}}", ref); err == nil {
		return true
	}
	return pull(ctx, ref) == nil
}

func pull(ctx context.Context, ref string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	command := exec.CommandContext(ctx, "docker", "pull", ref)
	stdout, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	tooLate := time.AfterFunc(firstWord, cancel)
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		tooLate.Stop()
	}
	return command.Wait()
}
