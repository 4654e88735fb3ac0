package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// exchange is one request and what its answer must be.
type exchange struct {
	method, path, body string
	asked              time.Duration // how long the service was asked to take
	closing            bool          // announce that this is the connection's last request
	check              func(*http.Response, []byte) (Source, error)
}

// do sends a request once and judges the answer. Whatever goes wrong after the first byte was sent
// is a loss.
func (l *line) do(ctx context.Context, e exchange) result {
	reconnects, err := l.ready(ctx)
	if err != nil {
		l.close()
		res := lost("connect: %s", words(err))
		res.reconnects = reconnects
		return res
	}
	res := l.judge(e)
	if res.lost != "" {
		l.close()
	}
	res.reconnects = reconnects
	return res
}

func (l *line) judge(e exchange) result {
	response, err := l.send(e.method, e.path, e.body, e.asked, e.closing)
	if err != nil {
		return lost("%s %s: %s", e.method, e.path, words(err))
	}
	res := e.verdict(response, l.options.MayClose)
	if res.lost != "" {
		return res
	}
	if err := l.finish(response); err != nil {
		return lost("%s %s: %s", e.method, e.path, words(err))
	}
	return res
}

// verdict reads an answer to its end and judges it.
func (e exchange) verdict(response *http.Response, mayClose bool) result {
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return lost("%s %s: %s", e.method, e.path, words(err))
	}
	if mayClose && response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") != "" {
		return answered(Source{Version: "closed"})
	}
	if response.StatusCode != http.StatusOK {
		return lost("%s %s: status %s: %s", e.method, e.path, response.Status, excerpt(body))
	}
	source, err := e.check(response, body)
	if err != nil {
		return lost("%s %s: %v", e.method, e.path, err)
	}
	return answered(source)
}

// getter asks who answers.
type getter struct {
	line
	fresh bool // a connection for each request
}

func (g *getter) once(ctx context.Context) result {
	if g.fresh {
		defer g.close()
	}
	return g.do(ctx, exchange{method: http.MethodGet, path: "/", closing: g.fresh, check: checkIdentity})
}

// checkIdentity wants the JSON of hello, whole and consistent.
func checkIdentity(_ *http.Response, body []byte) (Source, error) {
	var who struct{ Version, Colour, Host string }
	if err := json.Unmarshal(body, &who); err != nil || who.Version == "" {
		return Source{}, fmt.Errorf("wrong body: %q", excerpt(body))
	}
	return Source{Version: who.Version, Colour: who.Colour}, nil
}

// poster sends a body, each time another, and wants it back.
type poster struct{ line }

func (p *poster) once(ctx context.Context) result {
	body := randomText(1 + rand.IntN(2000))
	return p.do(ctx, exchange{method: http.MethodPost, path: "/echo", body: body, check: checkEcho(body)})
}

func checkEcho(sent string) func(*http.Response, []byte) (Source, error) {
	return func(response *http.Response, body []byte) (Source, error) {
		if string(body) != sent {
			return Source{}, fmt.Errorf("wrong body: %d bytes came back for %d: %q", len(body), len(sent), excerpt(body))
		}
		return sourceOf(response.Header), nil
	}
}

// sourceOf reads who answered from the headers that hello sets on everything.
func sourceOf(header http.Header) Source {
	return Source{Version: header.Get("X-Version"), Colour: header.Get("X-Colour")}
}

func randomText(length int) string {
	var text strings.Builder
	for text.Len() < length {
		fmt.Fprintf(&text, "%016x", rand.Uint64())
	}
	return text.String()[:length]
}

// sleeper asks for an answer that takes 2 to 5 s.
type sleeper struct{ line }

func (s *sleeper) once(ctx context.Context) result {
	defer s.close()
	asked := time.Duration(2000+rand.IntN(3001)) * time.Millisecond
	return s.do(ctx, exchange{
		method: http.MethodGet, path: "/slow?for=" + asked.String(),
		asked: asked, closing: true, check: checkIdentity,
	})
}
