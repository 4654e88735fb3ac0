package compose

import (
	"context"
	"errors"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// read loads the files with Compose's own loader. Where that refuses them,
// this tool's rules are checked all the same: they may know the fix.
func read(ctx context.Context, found *cli.ProjectOptions) (*types.Project, error) {
	p, err := found.LoadProject(ctx)
	switch {
	case err == nil:
		return p, nil
	case ctx.Err() != nil:
		return nil, err
	case isReadError(err):
		return nil, readError(err)
	}
	broken := readUnchecked(ctx, found)
	if covered(err, broken) {
		return nil, broken
	}
	return nil, errors.Join(append(flatten(broken), refusal(found.ConfigPaths, err)...)...)
}

// readUnchecked loads the files without Compose's checks between services and
// reports the rules of this tool that they break. It says nothing of files
// that do not load at all.
func readUnchecked(ctx context.Context, found *cli.ProjectOptions) error {
	if err := cli.WithConsistency(false)(found); err != nil {
		return err
	}
	p, err := found.LoadProject(ctx)
	if err != nil {
		return nil //nolint:nilerr // the checked load has its error already
	}
	_, broken := build(p, locate(p))
	return broken
}
