package proxytest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Two tokens, with the signs that they may have.
const (
	token = "first-token_of.the~world"
	other = "another-token-of-the-world"
)

func previewShowsTheIdleColour(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, token))
	if there, err := control.Previews(ctx, w.model); !there || err != nil {
		t.Errorf("it has what a preview needs: %v, %v", there, err)
	}
	if got, err := control.Token(ctx); got != token || err != nil {
		t.Errorf("the token is read back as %q, %v", got, err)
	}
	w.awaitUp(t, control, compose.Green, 2)
	for _, active := range []compose.Colour{compose.Green, compose.Blue} {
		ok(t, control.Commit(ctx, routing(active)))
		w.serves(t, string(active))
		for _, known := range byToken(token) {
			w.previewed(t, active.Other(), known)
		}
		for _, unknown := range byToken(other, "", token+"x", "x"+token, strings.ToUpper(token)) {
			w.previewed(t, active, unknown)
		}
	}
	ok(t, control.SetToken(ctx, other))
	w.previewed(t, compose.Green, byToken(other)[0])
	w.previewed(t, compose.Blue, byToken(token)[0])
	ok(t, control.SetToken(ctx, ""))
	w.previewed(t, compose.Blue, byToken(other)[0])
}

// Whoever asks for the idle colour never gets the active one.
func previewWithoutACandidate(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, token))
	run := w.load(t)
	over := w.outage(t, compose.Green)
	ok(t, control.Enrol(ctx, w.side(t, w.model, compose.Green)))
	eventually(t, "the proxy has forgotten them", func() error {
		switch status, body := w.preview(t, byToken(token)[0]); {
		case status < http.StatusInternalServerError:
			t.Fatalf("without a candidate a preview gets %d %q", status, body)
		case status != http.StatusServiceUnavailable || !strings.Contains(body, w.setup.NoCandidate):
			return fmt.Errorf("a preview gets %d %q", status, body)
		}
		return nil
	})
	lostNothing(t, run)
	over(control)
	w.previewed(t, compose.Green, byToken(token)[0])
}

func switchLosesNoPreview(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, token))
	w.awaitUp(t, control, compose.Green, 2)
	run, previews, done := w.load(t), sync.WaitGroup{}, make(chan struct{})
	for _, known := range byToken(token) {
		previews.Go(func() {
			for n := 0; ; n++ {
				if status, body := w.preview(t, known); status != http.StatusOK {
					t.Errorf("preview %d gets %d %q", n, status, body)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for n := range w.setup.changes(6, 2) {
		ok(t, control.Commit(ctx, routing(compose.Colours()[(n+1)%2])))
		time.Sleep(200 * time.Millisecond) // let requests arrive in between
	}
	close(done)
	previews.Wait()
	lostNothing(t, run)
}

// A restart and a reload know the token from the volume.
func previewSurvivesARestart(t *testing.T, w *world) {
	ok(t, w.enter(t).SetToken(t.Context(), token))
	w.docker(t, "restart", "--time", "1", w.proxy)
	w.keeps(t, compose.Blue)
	control := w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	w.previewed(t, compose.Green, byToken(token)[0])
	if !w.setup.Proxy.Generated {
		return
	}
	ok(t, control.Reload(t.Context()))
	w.previewed(t, compose.Green, byToken(token)[0])
	closed := w.model
	closed.Preview = compose.PreviewOff
	ok(t, errors.Join(control.Configure(t.Context(), closed), control.Reload(t.Context())))
	w.previewed(t, compose.Blue, byToken(token)[0])
	ok(t, errors.Join(control.Configure(t.Context(), w.model), control.Reload(t.Context())))
	w.previewed(t, compose.Green, byToken(token)[0])
}

// A preview's host needs no token, and takes the paths of its pairs.
func previewByHost(t *testing.T, w *world) {
	if !w.setup.Proxy.Generated {
		t.Skip("the settings are the user's")
	}
	ctx, control := t.Context(), w.enter(t)
	next := w.model
	next.Pairs = append([]compose.Pair{}, w.model.Pairs...)
	next.Pairs[1] = newPair("web", w.model.Pairs[1].Routes[compose.Blue])
	for c, r := range next.Pairs[1].Routes {
		r.Host, r.Preview = "shop.example.com", "next.example.com"
		next.Pairs[1].Routes[c] = r
	}
	ok(t, errors.Join(control.SaveModel(ctx, next), control.Configure(ctx, next), control.Reload(ctx)))
	w.previewed(t, compose.Green, http.Header{"Host": {"next.example.com"}})
	w.previewed(t, compose.Green, http.Header{"Host": {"NEXT.example.com:80"}})
	w.previewed(t, compose.Blue, http.Header{"Host": {"shop.example.com"}})
	if status, body := w.preview(t, http.Header{"Host": {"other.example.com"}}); status != http.StatusNotFound {
		t.Errorf("at another host a visitor gets %d %q", status, body)
	}
	ok(t, errors.Join(control.SaveModel(ctx, w.model), control.Configure(ctx, w.model), control.Reload(ctx)))
	w.serves(t, "blue")
}

// byToken are the headers by which requests carry tokens.
func byToken(tokens ...string) []http.Header {
	var all []http.Header
	for _, token := range tokens {
		cookie := compose.PreviewHeader + "=" + token
		all = append(all, http.Header{compose.PreviewHeader: {token}},
			http.Header{"Cookie": {cookie}}, http.Header{"Cookie": {"a=b; " + cookie + "; c=d"}})
	}
	return all
}

// preview asks the proxy for a page with further headers.
func (w *world) preview(t testing.TB, headers http.Header) (int, string) {
	t.Helper()
	response, body := w.answer(t, headers)
	return response.StatusCode, body
}

// ask asks the proxy for a page and returns the answer's headers.
func (w *world) ask(t testing.TB, headers http.Header) http.Header {
	t.Helper()
	response, _ := w.answer(t, headers)
	return response.Header
}

// answer is what the proxy says to a request with further headers.
func (w *world) answer(t testing.TB, headers http.Header) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.published(t, httpPort)+"/", nil)
	ok(t, err)
	request.Header, request.Host = headers, headers.Get("Host")
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	ok(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ok(t, err)
	return response, string(body)
}

// previewed fails the test unless a colour answers a request with headers.
func (w *world) previewed(t testing.TB, want compose.Colour, headers http.Header) {
	t.Helper()
	for range 2 {
		if status, body := w.preview(t, headers); status != http.StatusOK || !strings.Contains(body, `"colour":"`+string(want)+`"`) {
			t.Errorf("with %v a request gets %d %q, want %s", headers, status, body, want)
		}
	}
}
