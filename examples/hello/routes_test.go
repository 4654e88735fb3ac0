package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// serviceWith starts hello with an environment.
func serviceWith(t *testing.T, env map[string]string) *httptest.Server {
	t.Helper()
	conf, err := readSettings(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(routes(conf))
	t.Cleanup(server.Close)
	return server
}

// ask sends a request and returns status, body and the version that the headers name.
func ask(t *testing.T, method, url, body string) (status int, answer, version string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(read), response.Header.Get("X-Version")
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	server := serviceWith(t, map[string]string{"VERSION": "v7", "COLOUR": "green", "PREFIX": "/api/"})
	tests := []struct {
		method, path, body string
		status             int
		holds              string
	}{
		{"GET", "/", "", 200, `"version":"v7","colour":"green","host":"`},
		{"GET", "/api/", "", 200, `"version":"v7"`},
		{"GET", "/healthz", "", 200, "ok"},
		{"POST", "/echo", "some words", 200, "some words"},
		{"GET", "/slow?for=1ms", "", 200, `"version":"v7"`},
		{"GET", "/slow?for=never", "", 400, "want a duration"},
		{"GET", "/stream?for=-1s", "", 400, "want a duration"},
		{"GET", "/elsewhere", "", 404, ""},
	}
	for _, test := range tests {
		status, answer, version := ask(t, test.method, server.URL+test.path, test.body)
		if status != test.status || !strings.Contains(answer, test.holds) || version != "v7" {
			t.Errorf("%s %s: %d %q by %q, want %d with %q", test.method, test.path, status, answer, version, test.status, test.holds)
		}
	}
}

func TestStreamEnds(t *testing.T) {
	t.Parallel()
	server := serviceWith(t, map[string]string{"VERSION": "v7"})
	_, answer, _ := ask(t, "GET", server.URL+"/stream?for=300ms", "")
	lines := strings.Split(strings.TrimSpace(answer), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[2], "2 v7 ") || lines[3] != "end" {
		t.Errorf("stream of 300 ms: %q, want three numbered lines of v7 and the end", lines)
	}
}

func TestWebsocketEcho(t *testing.T) {
	t.Parallel()
	server := serviceWith(t, nil)
	conn, response, err := websocket.Dial(t.Context(), server.URL+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	if response.Header.Get("X-Version") != "dev" {
		t.Errorf("the handshake names version %q, want dev", response.Header.Get("X-Version"))
	}
	if err := conn.Write(t.Context(), websocket.MessageText, []byte("hi")); err != nil {
		t.Fatal(err)
	}
	if _, message, err := conn.Read(t.Context()); err != nil || string(message) != "hi" {
		t.Errorf("echo %q, %v", message, err)
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestHealthFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		env    map[string]string
		status int
	}{
		"failing":    {map[string]string{"FAIL_HEALTH": "1"}, 500},
		"warming up": {map[string]string{"HEALTH_DELAY": "1h"}, 503},
		"warm":       {map[string]string{"HEALTH_DELAY": "1ns"}, 200},
	}
	for name, test := range tests {
		server := serviceWith(t, test.env)
		if status, answer, _ := ask(t, "GET", server.URL+"/healthz", ""); status != test.status {
			t.Errorf("%s: %d %q, want %d", name, status, answer, test.status)
		}
	}
}

// TestFinishesInFlight ends the service while a slow request is under way.
func TestFinishesInFlight(t *testing.T) {
	t.Parallel()
	began := make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		time.Sleep(50 * time.Millisecond) // the work of the request
		say(w, "done")
	})
	server := httptest.NewUnstartedServer(nil) // for its listener
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- serveHTTP(ctx, server.Listener, handler) }()
	go func() { <-began; cancel() }()
	if _, answer, _ := ask(t, "GET", "http://"+server.Listener.Addr().String(), ""); answer != "done\n" {
		t.Errorf("answer %q, want it whole", answer)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	server := serviceWith(t, map[string]string{"FAIL_SHARE": "0.2", "ANSWER_DELAY": "2ms"})
	failed := 0
	for range 20 {
		began := time.Now()
		if status, _, _ := ask(t, "GET", server.URL+"/", ""); status == 500 {
			failed++
		}
		if took := time.Since(began); took < 2*time.Millisecond {
			t.Errorf("answered after %s", took)
		}
		if status, _, _ := ask(t, "GET", server.URL+"/healthz", ""); status != 200 {
			t.Errorf("health: %d", status)
		}
	}
	if failed != 4 {
		t.Errorf("%d of 20 failed, want 4", failed)
	}
}
