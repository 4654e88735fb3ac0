package load

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// holdTime ends a held connection that nothing else ended.
const holdTime = 150 * time.Millisecond

func TestWebsocket(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script    func(*testing.T, *websocket.Conn)
		lost, cut string
	}{
		"held": {script: func(t *testing.T, conn *websocket.Conn) {
			for echoMessage(t, conn, "") {
			}
		}},
		"closed politely": {script: func(t *testing.T, conn *websocket.Conn) {
			echoMessage(t, conn, "")
			_ = conn.Close(websocket.StatusGoingAway, "")
		}, cut: "closed by the server: StatusGoingAway"},
		"torn": {script: func(t *testing.T, conn *websocket.Conn) {
			echoMessage(t, conn, "")
			_ = conn.CloseNow()
		}, cut: "closed by the server"},
		"wrong echo": {script: func(t *testing.T, conn *websocket.Conn) {
			echoMessage(t, conn, "other")
			conn.CloseRead(t.Context())
			<-t.Context().Done()
		}, lost: `wrong echo: "other"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				conn, err := websocket.Accept(w, r, nil)
				if err != nil {
					return
				}
				defer func() { _ = conn.CloseNow() }()
				test.script(t, conn)
			}))
			t.Cleanup(server.Close)
			o := optionsFor(t, server.Listener.Addr().String())
			if name == "held" {
				o.Hold = holdTime
			}
			expect(t, runFor(t, o).use(Websocket).once(t.Context()), test.lost, test.cut)
		})
	}
}

// echoMessage returns the next message, or other when that is not empty.
func echoMessage(t *testing.T, conn *websocket.Conn, other string) bool {
	kind, message, err := conn.Read(t.Context())
	if err != nil {
		return false
	}
	if other != "" {
		message = []byte(other)
	}
	return conn.Write(t.Context(), kind, message) == nil
}

func TestWebsocketRefused(t *testing.T) {
	t.Parallel()
	server := newPeer(t, func(v *visit) {
		v.request()
		v.say("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
	})
	expect(t, runFor(t, optionsFor(t, server.addr)).use(Websocket).once(t.Context()), "503", "")
	if sent := server.requests.Load(); sent != 1 {
		t.Errorf("the server saw %d requests, want 1", sent)
	}
}

// TestWebsocketNoRetry has the library's client meet a connection that ends without an answer.
func TestWebsocketNoRetry(t *testing.T) {
	t.Parallel()
	server := newPeer(t, func(v *visit) { v.request() })
	expect(t, runFor(t, optionsFor(t, server.addr)).use(Websocket).once(t.Context()), "closed", "")
	if sent := server.requests.Load(); sent != 1 {
		t.Errorf("the server saw %d requests, want 1", sent)
	}
}

func TestTCP(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script    func(*visit)
		lost, cut string
	}{
		"held": {script: func(v *visit) {
			v.say("v1\n")
			for v.echoLine("") {
			}
		}},
		"no greeting": {script: func(*visit) {}, lost: "closed without an answer"},
		"closed":      {script: func(v *visit) { v.say("v1\n"); v.echoLine("") }, cut: "closed by the server"},
		"torn":        {script: func(v *visit) { v.say("v1\n"); v.echoLine(""); v.reset() }, cut: "connection reset"},
		"wrong echo":  {script: func(v *visit) { v.say("v1\n"); v.echoLine("other"); v.wait() }, lost: `wrong echo: "other"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := optionsFor(t, newPeer(t, test.script).addr)
			if name == "held" {
				o.Hold = holdTime
			}
			expect(t, runFor(t, o).use(TCP).once(t.Context()), test.lost, test.cut)
		})
	}
}

// echoLine returns the next line, or other when that is not empty.
func (v *visit) echoLine(other string) bool {
	text, err := v.reader.ReadString('\n')
	if other != "" {
		text = other + "\n"
	}
	v.say(text)
	return err == nil
}
