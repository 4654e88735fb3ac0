package proxytest

import (
	"net/http"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// asking is a request with a token for a colour.
func asking(c compose.Colour, known string) http.Header {
	return http.Header{compose.PreviewHeader: {known}, compose.ColourHeader: {string(c)}}
}

// Whoever has the token may name the colour, whichever is active, and is told
// which one has answered. The name alone is nothing.
func previewOfANamedColour(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, token))
	w.awaitUp(t, control, compose.Green, 2)
	for _, active := range []compose.Colour{compose.Green, compose.Blue} {
		ok(t, control.Commit(ctx, routing(active)))
		w.serves(t, string(active))
		for _, c := range compose.Colours() {
			w.named(t, c, asking(c, token))
			w.previewed(t, active, asking(c, other))
			w.previewed(t, active, http.Header{compose.ColourHeader: {string(c)}})
		}
		w.named(t, active.Other(), byToken(token)[0])
		w.named(t, active.Other(), asking("red", token))
	}
}

// named is previewed, where the answer names the colour too.
func (w *world) named(t testing.TB, want compose.Colour, headers http.Header) {
	t.Helper()
	w.previewed(t, want, headers)
	if got := w.ask(t, headers).Get(compose.ColourHeader); got != string(want) {
		t.Errorf("with %v the answer names %q, want %s", headers, got, want)
	}
}

// previewBeforeAColour finds that a colour can be tried before any is active,
// by whoever names it.
func previewBeforeAColour(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, token))
	ids := w.addReplicas(t, compose.Blue, 2)
	w.awaitUp(t, control, compose.Blue, 2)
	w.named(t, compose.Blue, asking(compose.Blue, token))
	for _, nobody := range []http.Header{{}, byToken(token)[0], asking(compose.Blue, other), asking(compose.Green, token)} {
		if status, body := w.preview(t, nobody); status != http.StatusServiceUnavailable {
			t.Errorf("while no colour is active a request with %v gets %d %q", nobody, status, body)
		}
	}
	w.removeReplicas(t, ids)
	ok(t, control.Enrol(ctx, w.side(t, w.model, compose.Blue)))
}
