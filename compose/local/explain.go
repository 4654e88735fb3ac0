package local

import (
	"context"
	"slices"

	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Explain adds to failures, which somebody else has found, what their
// containers said. What cannot be had stays empty.
func (e *Engine) Explain(ctx context.Context, failures []compose.Failure) []compose.Failure {
	ctx, cancel := diagnosis(ctx)
	defer cancel()
	explained := slices.Clone(failures)
	numbers := make([]int, len(explained))
	for i := range numbers {
		numbers[i] = i
	}
	// Nothing in it fails: a failure without words is one too.
	_ = each(ctx, numbers, func(ctx context.Context, i int) error {
		f := &explained[i]
		found, err := e.api().ContainerInspect(ctx, f.Container, client.ContainerInspectOptions{})
		if err != nil || found.Container.State == nil {
			return nil
		}
		f.Health, f.Logs = lastHealth(found.Container.State), e.lastLines(ctx, found.Container)
		return nil
	})
	return explained
}
