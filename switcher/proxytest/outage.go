package proxytest

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// outage kills both replicas of a colour; over starts them again, and returns
// when they are up.
func (w *world) outage(t testing.TB, c compose.Colour) (over func(switcher.Control)) {
	t.Helper()
	var ids []string
	for _, replica := range w.side(t, w.model, c).Containers {
		ids = append(ids, replica.ID)
	}
	w.docker(t, append([]string{"stop", "--time", "0"}, ids...)...)
	return func(control switcher.Control) {
		t.Helper()
		w.docker(t, append([]string{"start"}, ids...)...)
		w.awaitUp(t, control, c, 2)
	}
}

// answersAgain returns when a visitor gets an answer.
func (w *world) answersAgain(t testing.TB) {
	t.Helper()
	eventually(t, "visitors get answers", func() error {
		if status, _ := w.visit(t, "/"); status != http.StatusOK {
			return fmt.Errorf("a visitor gets %d", status)
		}
		return nil
	})
}
