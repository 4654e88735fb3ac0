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
	w.inFlightOf(t, control, compose.Green, switcher.InFlight{})
}

func (w *world) inFlight(t *testing.T, control switcher.Control, want switcher.InFlight) {
	t.Helper()
	w.inFlightOf(t, control, compose.Blue, want)
}

func (w *world) inFlightOf(t *testing.T, control switcher.Control, c compose.Colour, want switcher.InFlight) {
	t.Helper()
	side := w.side(t, w.model, c)
	eventually(t, string(c)+"'s work is counted", func() error {
		got, err := control.InFlight(t.Context(), side)
		if want := w.setup.flight(want); err == nil && got != want {
			err = fmt.Errorf("%s serves %+v, want %+v", c, got, want)
		}
		return err
	})
}
