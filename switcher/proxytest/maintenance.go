package proxytest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Visitors get 503 at once, and whoever has the token the project; what is in
// flight ends well, and a restart changes nothing.
func maintenanceTurnsVisitorsAway(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, token))
	w.awaitUp(t, control, compose.Green, 2)
	slow := w.begin(t, "/slow?for=3s")
	time.Sleep(200 * time.Millisecond) // until it is in flight
	on := switcher.Maintenance{RetryAfter: 77, Since: time.Now().UTC().Truncate(time.Second), By: "ann@laptop"}
	ok(t, control.Maintain(ctx, &on))
	w.turnedAway(t, 77)
	w.previewed(t, compose.Green, byToken(token)[0])
	if got := w.told(t, token); got != compose.Blue {
		t.Errorf("a probe is told %q", got)
	}
	if got := answeringColour(t, slow); got != string(compose.Blue) {
		t.Errorf("what was in flight is answered by %q", got)
	}
	ok(t, control.Commit(ctx, routing(compose.Green)))
	w.turnedAway(t, 77)
	w.previewed(t, compose.Blue, byToken(token)[0])
	ok(t, control.Commit(ctx, routing(compose.Blue)))

	w.docker(t, "restart", "--time", "1", w.proxy)
	w.awaitProxy(t)
	control = w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	w.turnedAway(t, 77)
	if got, taken, err := control.Maintenance(ctx); err != nil || !taken || got == nil || *got != on {
		t.Errorf("after a restart the maintenance is %+v, %v, %v", got, taken, err)
	}
	on.RetryAfter = 5
	ok(t, control.Maintain(ctx, &on))
	w.turnedAway(t, 5)
	ok(t, control.Maintain(ctx, nil))
	w.serves(t, "blue")
	if got, taken, err := control.Maintenance(ctx); got != nil || !taken || err != nil {
		t.Errorf("after its end the maintenance is %+v, %v, %v", got, taken, err)
	}
}

// turnedAway fails the test unless visitors are.
func (w *world) turnedAway(t testing.TB, retryAfter int) {
	t.Helper()
	for range 3 {
		response, err := http.Get("http://" + w.published(t, httpPort) + "/") //nolint:noctx // a test's own
		ok(t, err)
		body, err := io.ReadAll(response.Body)
		ok(t, err)
		response.Body.Close()
		if after := response.Header.Get("Retry-After"); response.StatusCode != http.StatusServiceUnavailable || after != fmt.Sprint(retryAfter) {
			t.Errorf("a visitor gets %d, Retry-After %q: %s", response.StatusCode, after, strings.TrimSpace(string(body)))
		}
	}
}
