package proxytest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// startIsReadBefore tests that a command which the proxy's program cannot read is
// refused in its own words, and that one of which nobody can tell passes.
func startIsReadBefore(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.Accepts(ctx, w.model, slices.Concat(w.setup.Entrypoint, w.setup.Command)))
	ok(t, control.Accepts(ctx, w.model, []string{"sh", "-c", "whatever --nonsense=1"}))
	for said, arguments := range w.setup.Unreadable {
		err := control.Accepts(ctx, w.model, slices.Concat(w.setup.Entrypoint, arguments))
		var invalid *compose.InvalidError
		if !errors.As(err, &invalid) || !strings.Contains(invalid.Problem, said) {
			t.Errorf("%q: %v", arguments, err)
		}
	}
	w.serves(t, "blue")
}
