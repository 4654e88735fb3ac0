package local

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Runs tells whether a program is among a container's processes.
func (e *Engine) Runs(ctx context.Context, c compose.Container, program string) (bool, error) {
	found, err := e.api().ContainerTop(ctx, c.ID, client.ContainerTopOptions{Arguments: []string{"-eo", "pid,comm"}})
	if err != nil {
		return false, fmt.Errorf("list the processes of container %s: %w", c.Name, err)
	}
	return slices.ContainsFunc(found.Processes, func(row []string) bool {
		return len(row) > 1 && strings.TrimSpace(row[len(row)-1]) == program
	}), nil
}
