package load

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const streamHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

// chunks writes each line as a chunk of its own.
func chunks(lines ...string) string {
	var text strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&text, "%x\r\n%s\n\r\n", len(line)+1, line)
	}
	return text.String()
}

func TestStream(t *testing.T) {
	t.Parallel()
	const last = "0\r\n\r\n"
	tests := map[string]struct{ answer, lost, cut string }{
		"whole":                 {answer: streamHead + chunks("0 v1 a", "1 v1 a", "end") + last},
		"not found":             {answer: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", lost: "status 503"},
		"no answer":             {lost: "closed without an answer"},
		"closed on the way":     {answer: streamHead + chunks("0 v1 a"), cut: "closed in the middle"},
		"ended without the end": {answer: streamHead + chunks("0 v1 a") + last, cut: `without the line "end"`},
		"end, but no last chunk": {
			answer: streamHead + chunks("0 v1 a", "end"), cut: "closed in the middle",
		},
		"another version": {answer: streamHead + chunks("0 v1 a", "1 v2 a", "end") + last, lost: `line "1 v2 a", want number 1 of v1 a`},
		"another replica": {answer: streamHead + chunks("0 v1 a", "1 v1 b", "end") + last, lost: `line "1 v1 b"`},
		"a line missing":  {answer: streamHead + chunks("0 v1 a", "2 v1 a", "end") + last, lost: `line "2 v1 a", want number 1`},
		"nonsense":        {answer: streamHead + chunks("what") + last, lost: `line "what"`},
		"after the end":   {answer: streamHead + chunks("0 v1 a", "end", "1 v1 a") + last, lost: "after the end"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newPeer(t, func(v *visit) { v.request(); v.say(test.answer) })
			expect(t, runFor(t, optionsFor(t, server.addr)).use(Stream).once(t.Context()), test.lost, test.cut)
		})
	}
}

func TestStreamStalls(t *testing.T) {
	t.Parallel()
	server := newPeer(t, func(v *visit) {
		v.request()
		v.say(streamHead + chunks("0 v1 a"))
		v.wait()
	})
	o := optionsFor(t, server.addr)
	o.Timeout = time.Second
	expect(t, runFor(t, o).use(Stream).once(t.Context()), "", "nothing came in time")
}

// expect wants the causes to hold these words, and to be empty where the words are.
func expect(t *testing.T, res result, lost, cut string) {
	t.Helper()
	if !strings.Contains(res.lost, lost) || (lost == "") != (res.lost == "") {
		t.Errorf("lost %q, want %q", res.lost, lost)
	}
	if !strings.Contains(res.cut, cut) || (cut == "") != (res.cut == "") {
		t.Errorf("cut %q, want %q", res.cut, cut)
	}
}
