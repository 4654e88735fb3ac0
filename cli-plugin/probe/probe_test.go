package probe

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

const token = "the-token-of-the-preview"

// site stands for a proxy whose colour can be changed, and what it answers.
type site struct {
	green  atomic.Bool
	answer atomic.Pointer[http.HandlerFunc] // instead of a page; nil for none
	asked  atomic.Int64
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked.Add(1)
	if r.Header.Get(compose.ProbeHeader) == token {
		w.Header().Set(compose.ColourHeader, string(s.colour()))
	}
	if answer := s.answer.Load(); answer != nil {
		(*answer)(w, r)
		return
	}
	_, _ = w.Write([]byte("a page"))
}

func (s *site) colour() compose.Colour {
	if s.green.Load() {
		return compose.Green
	}
	return compose.Blue
}

// answers has the site answer so from now on.
func (s *site) answers(h http.HandlerFunc) { s.answer.Store(&h) }

// text is an answer with a status and a text.
func text(status int, said string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, said, status) }
}

// itself is an answer of the proxy's own, which names no colour.
func itself(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Del(compose.ColourHeader)
		w.WriteHeader(status)
	}
}

// cut ends the connection in the middle of an answer.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte("a part"))
	panic(http.ErrAbortHandler)
}

// options ask for a server's page.
func options(t *testing.T, server *httptest.Server) switcher.ProbeOptions {
	t.Helper()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return switcher.ProbeOptions{To: compose.Green, Token: token, Targets: []switcher.ProbeTarget{{
		Port: compose.PublishedPort{Host: "0.0.0.0", Public: port}, Path: "/", Secure: u.Scheme == "https",
	}}}
}

func begin(t *testing.T, o switcher.ProbeOptions) switcher.Probing {
	t.Helper()
	probing, err := Prober{Engine: "unix:///var/run/docker.sock", Version: "v1"}.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return probing
}

func TestASwitchIsSeen(t *testing.T) {
	for name, server := range map[string]func(http.Handler) *httptest.Server{"http": httptest.NewServer, "https": httptest.NewTLSServer} {
		t.Run(name, func(t *testing.T) {
			s := &site{}
			at := server(s)
			defer at.Close()
			probing := begin(t, options(t, at))
			s.green.Store(true)
			probing.Moved()
			p := probing.End(t.Context())
			if p.Lost != 0 || p.Sent < 5 || int64(p.Sent) != s.asked.Load() || p.FirstNew == nil || p.LastOld == nil || p.LeftOut != "" {
				t.Errorf("%+v, asked %d times", p, s.asked.Load())
			}
			if p.LongestGap > limit.Milliseconds() {
				t.Errorf("a gap of %d ms", p.LongestGap)
			}
		})
	}
}

// What the application answers, whatever it is, is no loss; what the proxy
// answers in its stead, and what is not answered whole, is.
func TestWhatCountsAsLost(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		lost   bool
	}{
		"a page that is not found":           {text(http.StatusNotFound, "no such page"), false},
		"an application's own error":         {text(http.StatusInternalServerError, "a bug"), false},
		"an application's own 503":           {text(http.StatusServiceUnavailable, "we are busy"), false},
		"HAProxy's 503":                      {itself(http.StatusServiceUnavailable), true},
		"a proxy's 404":                      {itself(http.StatusNotFound), true},
		"Traefik's 502":                      {text(http.StatusBadGateway, "Bad Gateway"), true},
		"Traefik's 503":                      {text(http.StatusServiceUnavailable, "no available server"), true},
		"an answer that is cut":              {cut, true},
		"a connection closed without a word": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := &site{}
			at := httptest.NewServer(s)
			defer at.Close()
			probing := begin(t, options(t, at))
			s.green.Store(true)
			s.answers(c.answer)
			probing.Moved()
			ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond) // a lost colour is waited for
			defer stop()
			p := probing.End(ctx)
			if p.Lost > 0 != c.lost || p.Why != "" != c.lost {
				t.Errorf("%+v, want lost: %v", p, c.lost)
			}
		})
	}
}

// Where no colours are told, a status must do.
func TestWithoutColours(t *testing.T) {
	for status, lost := range map[int]bool{http.StatusOK: false, http.StatusNotFound: false, http.StatusInternalServerError: false, http.StatusBadGateway: true} {
		s := &site{}
		at := httptest.NewServer(s)
		o := options(t, at)
		o.Token = ""
		probing := begin(t, o)
		s.answers(itself(status))
		probing.Moved()
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		p := probing.End(ctx)
		stop()
		at.Close()
		if p.Lost > 0 != lost || p.FirstNew != nil || p.LastOld != nil {
			t.Errorf("with %d: %+v", status, p)
		}
	}
}

// A kept connection that the server closes while it is idle loses nothing.
func TestAConnectionClosedWhileIdleLosesNothing(t *testing.T) {
	s := &site{}
	at := httptest.NewServer(s)
	defer at.Close()
	probing := begin(t, options(t, at))
	time.Sleep(3 * interval)
	s.green.Store(true)
	probing.Moved()
	at.Config.SetKeepAlivesEnabled(false) // closes idle connections
	if p := probing.End(t.Context()); p.Lost != 0 || p.FirstNew == nil {
		t.Errorf("%+v", p)
	}
}

// What dies after the change, while the former colour is drained, is seen too;
// the time in which nothing was asked is no gap.
func TestALateDeathIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		lost   int
	}{
		"alive": {text(http.StatusOK, "a page"), 0},
		"dead":  {itself(http.StatusServiceUnavailable), 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := &site{}
			at := httptest.NewServer(s)
			defer at.Close()
			probing := begin(t, options(t, at))
			s.green.Store(true)
			probing.Moved()
			probing.(*run).asking.Wait() // the drain goes on
			before := probing.(*run).sum()
			s.answers(c.answer)
			p := probing.End(t.Context())
			if p.Sent != before.Sent+1 || p.Lost != c.lost || p.LongestGap != before.LongestGap {
				t.Errorf("%+v after %+v", p, before)
			}
		})
	}
}

// A probe that was not told of a change ends at once.
func TestAProbeOfNothing(t *testing.T) {
	at := httptest.NewServer(&site{})
	defer at.Close()
	began := time.Now()
	p := begin(t, options(t, at)).End(t.Context())
	if p.Lost != 0 || p.FirstNew != nil || time.Since(began) > limit {
		t.Errorf("%+v after %s", p, time.Since(began))
	}
}

func TestWhatCannotBeProbedIsSaid(t *testing.T) {
	closed := httptest.NewServer(&site{})
	refusing := options(t, closed)
	closed.Close()
	s := &site{}
	s.answers(itself(http.StatusServiceUnavailable))
	at := httptest.NewServer(s)
	defer at.Close()
	sick, elsewhere := options(t, at), options(t, at)
	elsewhere.Targets[0].Port.Host = "127.0.0.1"
	for _, c := range []struct {
		engine string
		o      switcher.ProbeOptions
		want   string
	}{
		{"", refusing, "refused"},
		{"", sick, "not answered well before the change: it was answered 503"},
		{"tcp://192.0.2.1:2376", elsewhere, "loopback interface of another machine"},
		{"carrier-pigeon:", sick, "does not tell its machine"},
	} {
		_, err := Prober{Engine: c.engine}.Begin(t.Context(), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	// The rest is probed all the same.
	s.answers(text(http.StatusOK, "a page"))
	both := options(t, at)
	both.Targets = append(both.Targets, refusing.Targets...)
	probing := begin(t, both)
	s.green.Store(true)
	probing.Moved()
	if p := probing.End(t.Context()); p.Lost != 0 || p.FirstNew == nil || !strings.Contains(p.LeftOut, "refused") {
		t.Errorf("%+v", p)
	}
}

func TestWhereAPortIs(t *testing.T) {
	for _, c := range []struct {
		engine, host, want string
		here               bool
	}{
		{"", "", "127.0.0.1:80", true},
		{"unix:///run/docker.sock", "0.0.0.0", "127.0.0.1:80", true},
		{"npipe:////./pipe/docker_engine", "::", "127.0.0.1:80", true},
		{"unix:///run/docker.sock", "127.0.0.2", "127.0.0.2:80", true},
		{"unix:///run/docker.sock", "192.0.2.7", "192.0.2.7:80", false},
		{"ssh://ann@shop.example.com", "0.0.0.0", "shop.example.com:80", false},
		{"tcp://[2001:db8::1]:2376", "::", "[2001:db8::1]:80", false},
		{"tcp://localhost:2375", "0.0.0.0", "127.0.0.1:80", true},
	} {
		got, here, err := where(c.engine, compose.PublishedPort{Host: c.host, Public: 80})
		if got != c.want || here != c.here || err != nil {
			t.Errorf("%s at %s: %s, %v, %v", c.host, c.engine, got, here, err)
		}
	}
}

// The token is a password: nobody but this machine's own proxy gets it.
func TestTheTokenStaysHere(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 100)
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen <- r.Header.Get(compose.ProbeHeader)
	})}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	port := listener.Addr().(*net.TCPAddr).Port
	target := switcher.ProbeTarget{Port: compose.PublishedPort{Host: "0.0.0.0", Public: port}, Path: "/"}
	// In capitals it is a name like any other, which leads here all the same.
	for engine, want := range map[string]string{"unix:///run/docker.sock": token, "tcp://LOCALHOST:2376": ""} {
		g, err := Prober{Engine: engine}.try(t.Context(), target, token)
		if err != nil {
			t.Fatalf("%s: %v", engine, err)
		}
		g.close()
		if got := <-seen; got != want {
			t.Errorf("by %s the token %q was sent", engine, got)
		}
		<-seen
	}
}
