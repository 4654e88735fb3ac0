package images

import (
	"context"
	"embed"
	"fmt"
	"path/filepath"
	"runtime"
)

//go:embed worker
var workerFiles embed.FS

// Worker returns the reference of an image of e2e/queue/worker that is on the
// engine. It runs in a checkout of this module, with the go command at hand.
func Worker(ctx context.Context) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", fmt.Errorf("find the source of the worker: %w", err)
	}
	files, err := embedded(workerFiles, "worker")
	if err != nil {
		return "", fmt.Errorf("read the recipe of the worker: %w", err)
	}
	salt := runtime.Version() + " " + runtime.GOARCH
	for _, dir := range []string{"queue", "queue/worker"} {
		source, err := goFiles(filepath.Join(root, "e2e", filepath.FromSlash(dir)))
		if err != nil {
			return "", fmt.Errorf("read the source of the worker: %w", err)
		}
		salt += source
	}
	made := recipe{
		ref: "bluegreen-test/worker:latest", files: files, salt: salt,
		prepare: func(ctx context.Context, dir string) error {
			return compile(ctx, root, "./e2e/queue/worker", filepath.Join(dir, "worker"))
		},
	}
	return made.ensure(ctx)
}
