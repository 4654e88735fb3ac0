package e2e

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"gotest.tools/v3/assert"
)

// asked is a request under way.
type asked struct {
	p    *project
	came chan string
}

// ask sends a request, and does not wait for its answer.
func (p *project) ask(path string) *asked {
	p.t.Helper()
	a := &asked{p: p, came: make(chan string, 1)}
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url()+path, nil)
	assert.NilError(p.t, err)
	req.Close = true
	go func() { a.came <- fetchAll(req) }()
	return a
}

// fetchAll is the whole answer, or what went wrong.
func fetchAll(req *http.Request) string {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Sprintf("%s\ncut: %v", text, err)
	}
	return string(text)
}

// end waits for the answer.
func (a *asked) end() string {
	a.p.t.Helper()
	select {
	case text := <-a.came:
		return text
	case <-time.After(time.Minute):
		a.p.t.Fatal("no answer in a minute")
		return ""
	}
}

// sessions counts what both colours serve.
func (p *project) sessions() int {
	p.t.Helper()
	n := 0
	for _, c := range p.status().Colours {
		for _, s := range c.Services {
			n += s.Sessions
		}
	}
	return n
}

// held is a visitor's open websocket.
type held struct {
	p    *project
	conn *websocket.Conn
}

// websocket opens one and makes sure that it works.
func (p *project) websocket() held {
	p.t.Helper()
	conn, _, err := websocket.Dial(p.t.Context(), p.url()+"/ws", nil)
	assert.NilError(p.t, err)
	p.t.Cleanup(func() { _ = conn.CloseNow() })
	h := held{p: p, conn: conn}
	h.echoes()
	return h
}

// echoes asserts that the other side still answers.
func (h held) echoes() {
	h.p.t.Helper()
	ctx := h.p.t.Context()
	assert.NilError(h.p.t, h.conn.Write(ctx, websocket.MessageText, []byte("still there?")))
	_, text, err := h.conn.Read(ctx)
	assert.NilError(h.p.t, err)
	assert.Equal(h.p.t, string(text), "still there?")
}

// isCut asserts that the other side is gone.
func (h held) isCut() {
	h.p.t.Helper()
	_, _, err := h.conn.Read(h.p.t.Context())
	assert.Check(h.p.t, err != nil, "the websocket lives on")
}

// close ends it as a visitor does who leaves.
func (h held) close() {
	h.p.t.Helper()
	assert.NilError(h.p.t, h.conn.Close(websocket.StatusNormalClosure, ""))
}
