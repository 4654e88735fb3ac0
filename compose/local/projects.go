package local

import (
	"context"
	"fmt"

	"github.com/docker/cli/cli/command"
	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/client"
)

// ProjectsIn names the Compose projects whose containers were made from the
// directory dir, an absolute path, sorted. It is how a command finds its
// project when the file does not parse.
func ProjectsIn(ctx context.Context, cli command.Cli, dir string) ([]string, error) {
	found, err := cli.Client().ContainerList(ctx, client.ContainerListOptions{
		All:     true,
		Filters: withLabel(api.WorkingDirLabel, dir),
	})
	if err != nil {
		return nil, fmt.Errorf("find the projects of %s: %w", dir, err)
	}
	names := map[string]bool{}
	for _, c := range found.Items {
		if name := c.Labels[api.ProjectLabel]; name != "" {
			names[name] = true
		}
	}
	return sortedKeys(names), nil
}
