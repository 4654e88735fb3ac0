package proxytest

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/probe"
	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The answer to the tool's own request names the colour; nobody else's does.
func probeIsToldTheColour(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, token))
	w.awaitUp(t, control, compose.Green, 2)
	for _, active := range []compose.Colour{compose.Green, compose.Blue} {
		ok(t, control.Commit(ctx, routing(active)))
		for value, want := range map[string]compose.Colour{token: active, other: "", "": "", token + "x": ""} {
			if got := w.told(t, value); got != want {
				t.Errorf("with the token %q the answer names %q, want %q; %s is active", value, got, want, active)
			}
		}
	}
}

// told asks for a page as a probe does, and returns the colour that it is told.
func (w *world) told(t testing.TB, token string) compose.Colour {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.published(t, httpPort)+"/", nil)
	ok(t, err)
	if token != "" {
		request.Header.Set(compose.ProbeHeader, token)
	}
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	ok(t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("with the token %q the answer is %d", token, response.StatusCode)
	}
	return compose.Colour(response.Header.Get(compose.ColourHeader))
}

// A probe of a switch sees both colours, and nothing that is lost.
func probeSeesASwitch(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, token))
	w.awaitUp(t, control, compose.Green, 2)
	for n := range w.setup.changes(4, 2) {
		to := compose.Colours()[(n+1)%2]
		probing := w.probe(t, to)
		ok(t, control.Commit(ctx, routing(to)))
		probing.Moved()
		switch p := probing.End(ctx); {
		case p.Lost > 0 || p.Sent < 5 || p.LeftOut != "":
			t.Errorf("of a switch to %s the probe says: %s %s", to, p.Describe(to.Other(), to), p.Why)
		case p.FirstNew == nil || p.LastOld == nil:
			t.Errorf("of a switch to %s the probe has not seen both colours: %s", to, p.Describe(to.Other(), to))
		default:
			t.Log(p.Describe(to.Other(), to))
		}
	}
}

// A probe without the token does not learn of colours, and sees the rest.
func probeWithoutTheToken(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, ""))
	probing := w.probe(t, compose.Green)
	ok(t, control.Commit(ctx, routing(compose.Blue)))
	probing.Moved()
	if p := probing.End(ctx); p.Lost > 0 || p.Sent < 5 || p.FirstNew != nil || p.LastOld != nil {
		t.Errorf("the probe says: %s %s", p.Describe(compose.Blue, compose.Green), p.Why)
	}
}

// What the proxy answers for replicas that are gone is lost, in whatever words.
func probeSeesALoss(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, token))
	probing := w.probe(t, compose.Green)
	over := w.outage(t, compose.Blue)
	eventually(t, "visitors are lost", func() error {
		if status, _ := w.visit(t, "/"); status < http.StatusInternalServerError {
			return fmt.Errorf("a visitor gets %d", status)
		}
		return nil
	})
	probing.Moved() // it goes on until the new colour answers, which is not to come
	p := probing.End(ctx)
	if p.Lost == 0 || p.Why == "" || p.LongestGap == 0 {
		t.Errorf("the probe says: %s %q", p.Describe(compose.Blue, compose.Green), p.Why)
	}
	t.Log(p.Describe(compose.Blue, compose.Green), p.Why)
	over(control)
	w.answersAgain(t)
}

// probe begins to probe the proxy.
func (w *world) probe(t testing.TB, to compose.Colour) switcher.Probing {
	t.Helper()
	token, err := w.enter(t).Token(t.Context())
	ok(t, err)
	host, text, err := net.SplitHostPort(w.published(t, httpPort))
	ok(t, err)
	port, err := strconv.Atoi(text)
	ok(t, err)
	target := switcher.ProbeTarget{Port: compose.PublishedPort{Host: host, Public: port, Container: httpPort}, Path: "/"}
	probing, err := probe.Prober{Version: "test"}.Begin(t.Context(), switcher.ProbeOptions{
		Targets: []switcher.ProbeTarget{target}, To: to, Token: token,
	})
	ok(t, err)
	return probing
}
