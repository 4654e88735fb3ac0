package load

import (
	"strings"
	"testing"
	"time"
)

// TestLost holds every way to lose a short request against the words that are reported.
func TestLost(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		kind   Kind
		script func(*visit)
		cause  string
	}{
		"status": {KeepAlive, func(v *visit) {
			v.request()
			v.say("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 9\r\n\r\nno server")
			v.wait()
		}, "status 503 Service Unavailable: no server"},
		"reset after the request":  {KeepAlive, func(v *visit) { v.request(); v.reset() }, "connection reset"},
		"closed after the request": {NewConn, func(v *visit) { v.request() }, "closed without an answer"},
		"cut head":                 {NewConn, func(v *visit) { v.request(); v.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n") }, "closed in the middle"},
		"cut body": {NewConn, func(v *visit) {
			v.request()
			v.say(whole("")[:len(whole(""))-5])
		}, "closed in the middle of the answer"},
		"cut chunks": {NewConn, func(v *visit) {
			v.request()
			v.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
		}, "closed in the middle of the answer"},
		"wrong body": {KeepAlive, func(v *visit) {
			v.request()
			v.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
			v.wait()
		}, `wrong body: "{}"`},
		"wrong echo": {Post, func(v *visit) {
			v.request()
			v.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother")
			v.wait()
		}, "wrong body: 5 bytes came back for"},
		"no answer":      {NewConn, func(v *visit) { v.request(); v.wait() }, "nothing came in time"},
		"slow, then cut": {Slow, func(v *visit) { v.request() }, "closed without an answer"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := optionsFor(t, newPeer(t, test.script).addr)
			if name == "no answer" {
				o.Timeout = 100 * time.Millisecond
			}
			client := runFor(t, o).use(test.kind)
			defer client.close()
			res := client.once(t.Context())
			if !strings.Contains(res.lost, test.cause) || res.cut != "" {
				t.Errorf("lost %q, cut %q: want lost with %q", res.lost, res.cut, test.cause)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	run := runFor(t, optionsFor(t, refused(t)))
	for kind := range DefaultMix() {
		res := run.use(kind).once(t.Context())
		if !strings.Contains(res.lost, "connection refused") {
			t.Errorf("%s: lost %q, want connection refused", kind, res.lost)
		}
	}
}

// TestNoRetry closes a kept connection when the second request is there: the standard client
// would silently send it again.
func TestNoRetry(t *testing.T) {
	t.Parallel()
	server := newPeer(t, func(v *visit) {
		v.request()
		v.say(whole(""))
		v.request()
	})
	client := runFor(t, optionsFor(t, server.addr)).use(KeepAlive)
	defer client.close()
	first, second := client.once(t.Context()), client.once(t.Context())
	if first.lost != "" || second.lost == "" || second.reconnects != 0 {
		t.Errorf("first %+v, second %+v: want the second lost", first, second)
	}
	if sent := server.requests.Load(); sent != 2 {
		t.Errorf("the server saw %d requests, want 2", sent)
	}
	if third := client.once(t.Context()); third.lost != "" || third.reconnects != 0 {
		t.Errorf("third %+v: want a good answer on a new connection", third)
	}
}

func TestIdleClose(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header     string
		reset      bool
		reconnects int
	}{
		"announced":   {header: "Connection: close\r\n", reconnects: 0},
		"unannounced": {reconnects: 1},
		"reset":       {reset: true, reconnects: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			closed := make(chan struct{}, 2)
			server := newPeer(t, func(v *visit) {
				v.request()
				v.say(whole(test.header))
				if test.reset {
					v.reset()
				}
				_ = v.conn.Close()
				closed <- struct{}{}
			})
			client := runFor(t, optionsFor(t, server.addr)).use(KeepAlive)
			defer client.close()
			first := client.once(t.Context())
			<-closed // on loopback the close is with the client when Close has returned
			second := client.once(t.Context())
			if first.lost != "" || second.lost != "" || second.reconnects != test.reconnects {
				t.Errorf("first %+v, second %+v: want both good and %d reconnects", first, second, test.reconnects)
			}
		})
	}
}

// TestUnasked sends more than the answer: what follows would be taken for the next one.
func TestUnasked(t *testing.T) {
	t.Parallel()
	server := newPeer(t, func(v *visit) {
		v.request()
		v.say(whole("") + "HTTP/1.1 200 OK\r\n")
		v.wait()
	})
	client := runFor(t, optionsFor(t, server.addr)).use(KeepAlive)
	defer client.close()
	client.once(t.Context())
	if second := client.once(t.Context()); !strings.Contains(second.lost, "nobody had asked for") {
		t.Errorf("second %+v: want the unasked bytes noticed", second)
	}
}
