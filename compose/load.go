package compose

import (
	"context"
	"fmt"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// Load reads a project's Compose files and finds its colours, pairs, routes
// and proxy. What it makes of each service has the config hash that `docker
// compose` computes, so containers made from it are Compose's own.
//
// A broken rule is an *InvalidError, several are joined (errors.Join); a file
// that cannot be read is a *FileError.
func Load(ctx context.Context, o Options) (*Project, error) {
	found, err := o.resolve(cli.WithoutEnvironmentResolution, withColours)
	if err != nil {
		return nil, err
	}
	loaded, err := read(ctx, found)
	if err != nil {
		return nil, err
	}
	project, err := build(loaded, locate(loaded))
	if err != nil {
		return nil, err
	}
	source, err := finish(loaded, o.envFiles())
	if err != nil {
		return nil, err
	}
	if o.Engine != "" {
		project.Engine = o.Engine
	}
	project.Source = withoutColours(source, userProfiles(found.Environment))
	project.Remarks = append(remarkProfiles(found.Environment), project.Remarks...)
	return project, nil
}

// finish does what Compose does after loading and before it makes containers:
// env_file becomes environment, and is dropped, for it would count in the
// config hash.
func finish(p *types.Project, envFiles []string) (*types.Project, error) {
	label(p, envFiles)
	p, err := p.WithoutUnnecessaryResources().WithServicesEnvironmentResolved(true)
	if err != nil {
		return nil, fmt.Errorf("read the services' env_file: %w", readError(err))
	}
	return p, nil
}
