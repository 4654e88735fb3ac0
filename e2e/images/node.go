package images

import (
	"context"
	"embed"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
)

//go:embed node
var nodeFiles embed.FS

// Node returns the reference of an image that is a node of a swarm: a Debian of a suite, bookworm
// or trixie, with that suite's Docker Engine. Where it was never made, that takes a minute or two,
// and the rights of root.
func Node(ctx context.Context, suite string) (string, error) {
	files, err := embedded(nodeFiles, "node")
	if err != nil {
		return "", fmt.Errorf("read the recipe of a node: %w", err)
	}
	made := recipe{
		ref: "bluegreen-test/node:" + suite, files: files, salt: suite + " " + runtime.GOARCH,
		prepare: func(ctx context.Context, dir string) error {
			_, err := output(exec.CommandContext(ctx, "sh", filepath.Join(dir, "build.sh"), suite, dir))
			return err
		},
	}
	return made.ensure(ctx)
}
