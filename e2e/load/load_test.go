package load

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// service answers as hello does, but quickly; failing makes / fail.
type service struct {
	failing  atomic.Bool
	streams  chan struct{} // a stream or a message came
	goOn     chan struct{} // closed to let them be answered
	requests atomic.Int64
}

func newService(t *testing.T) (*service, string) {
	t.Helper()
	s := &service{streams: make(chan struct{}, 100), goOn: make(chan struct{})}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	w.Header().Set("X-Version", "v1")
	switch {
	case r.URL.Path == "/sub/echo":
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	case r.URL.Path == "/sub/stream":
		_, _ = io.WriteString(w, "0 v1 a\n")
		_ = http.NewResponseController(w).Flush()
		s.streams <- struct{}{}
		<-s.goOn
		_, _ = io.WriteString(w, "end\n")
	case r.URL.Path == "/sub/ws":
		s.echoMessages(w, r)
	case r.URL.Path != "/sub/" || r.Host != "shop.test" || s.failing.Load():
		http.Error(w, "no", http.StatusBadGateway)
	default:
		_ = json.NewEncoder(w).Encode(map[string]string{"version": "v1"})
	}
}

// echoMessages answers none before goOn is closed.
func (s *service) echoMessages(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	for {
		kind, message, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		s.streams <- struct{}{}
		<-s.goOn
		if conn.Write(r.Context(), kind, message) != nil {
			return
		}
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	s, url := newService(t)
	mix := Short()
	mix[Stream] = 2
	run, err := Start(t.Context(), Options{URL: url + "/sub/", Host: "shop.test", Mix: mix, Rate: 400})
	if err != nil {
		t.Fatal(err)
	}
	<-s.streams
	await(t, func() bool { return s.requests.Load() > 100 })
	before := run.Snapshot()
	s.failing.Store(true)
	await(t, func() bool { return run.Snapshot().Lost > 0 })
	s.failing.Store(false)

	done := make(chan Report)
	go func() { done <- run.Stop() }()
	<-run.ending
	close(s.goOn) // the streams are still in flight
	final := <-done
	if !before.OK() || before.Requests == 0 {
		t.Errorf("before the fault: %v\n%s", before, before.Details())
	}
	if final.Lost == 0 || final.Cut != 0 || final.Kinds[Stream].Requests < 2 {
		t.Errorf("in the end: %v, %v: want losses, and the streams whole", final, final.Kinds)
	}
	if final.Of("v1").Count == 0 || final.Kinds[Post].Lost != 0 {
		t.Errorf("in the end: %v %v: want answers of v1, and no POST lost", final.Answers, final.Kinds)
	}
}

// TestEndOfContext ends the run while a stream and a message are under way.
func TestEndOfContext(t *testing.T) {
	t.Parallel()
	s, url := newService(t)
	ctx, cancel := context.WithCancel(t.Context())
	mix := map[Kind]int{KeepAlive: 2, Stream: 1, Websocket: 1}
	run, err := Start(ctx, Options{URL: url + "/sub", Host: "shop.test", Mix: mix})
	if err != nil {
		t.Fatal(err)
	}
	<-s.streams
	<-s.streams
	cancel()
	close(s.goOn)
	report := run.Stop()
	if !report.OK() || report.Kinds[Websocket].Requests != 1 || report.Kinds[Stream].Requests != 1 {
		t.Errorf("what the end of the context met in flight counts as %v\n%s", report, report.Details())
	}
}

// TestRate lets the load run for a while, since that is what a rate is about.
func TestRate(t *testing.T) {
	t.Parallel()
	s, url := newService(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	run, err := Start(ctx, Options{URL: url + "/sub", Host: "shop.test", Mix: Short(), Rate: 100})
	if err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	run.Stop()
	if sent := s.requests.Load(); sent > 120 {
		t.Errorf("%d requests in a second, want about 100", sent)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	wrong := []Options{
		{},
		{URL: "https://127.0.0.1"},
		{URL: "http://127.0.0.1:1", Mix: map[Kind]int{"other": 1}},
		{URL: "http://127.0.0.1:1", Mix: map[Kind]int{KeepAlive: -1}},
		{URL: "http://127.0.0.1:1", Mix: map[Kind]int{TCP: 1}},
		{URL: "http://127.0.0.1:1", Mix: map[Kind]int{H2: 1}},
		{URL: "http://127.0.0.1:1", TLSAddr: "127.0.0.1"},
	}
	for _, options := range wrong {
		if run, err := Start(t.Context(), options); err == nil {
			run.Stop()
			t.Errorf("%+v is accepted", options)
		}
	}
}

// await asks again until something is so, or the test's time is over.
func await(t *testing.T, so func() bool) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !so() {
		select {
		case <-t.Context().Done():
			t.Fatal("waited in vain")
		case <-ticker.C:
		}
	}
}
