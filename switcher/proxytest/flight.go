package proxytest

import (
	"fmt"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func inFlightByKind(t *testing.T, w *world) {
	control := w.enter(t)
	w.inFlight(t, control, switcher.InFlight{})
	idle := w.begin(t, "/")
	_, _ = idle.Read(make([]byte, 1000)) // answered: the client keeps the connection
	for range 3 {
		w.begin(t, "/slow?for=20s")
	}
	for range 2 {
		w.begin(t, "/stream?for=20s")
	}
	w.begin(t, "/ws", "Connection: Upgrade\r\n", "Upgrade: websocket\r\n",
		"Sec-WebSocket-Version: 13\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
	raw := w.dial(t, rawPort)
	defer raw.Close()
	want := switcher.InFlight{Requests: 3, Streams: 2, Websockets: 1, Connections: 1}
	w.inFlight(t, control, want)
	ok(t, control.Commit(t.Context(), routing(compose.Green)))
	w.inFlight(t, control, want)
	ok(t, control.Commit(t.Context(), routing(compose.Blue)))
	if other, err := control.InFlight(t.Context(), w.side(t, w.model, compose.Green)); err != nil || other.Total() != 0 {
		t.Errorf("green serves %+v, %v", other, err)
	}
}

func (w *world) inFlight(t *testing.T, control switcher.Control, want switcher.InFlight) {
	t.Helper()
	blue := w.side(t, w.model, compose.Blue)
	eventually(t, "blue's work is counted", func() error {
		got, err := control.InFlight(t.Context(), blue)
		if want := w.setup.flight(want); err == nil && got != want {
			err = fmt.Errorf("blue serves %+v, want %+v", got, want)
		}
		return err
	})
}
