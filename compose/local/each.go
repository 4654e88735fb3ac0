package local

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
)

// each calls do for every item at once and waits for all, so that one failure
// leaves no other half done. It returns all errors, joined.
func each[T any](ctx context.Context, items []T, do func(context.Context, T) error) error {
	var wg sync.WaitGroup
	errs := make([]error, len(items))
	for i, item := range items {
		wg.Go(func() { errs[i] = do(ctx, item) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
