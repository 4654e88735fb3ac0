package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// longest is the bound on what a client may ask of /slow and /stream.
const longest = 10 * time.Minute

// identity is what GET / answers.
type identity struct {
	Version string `json:"version"`
	Colour  string `json:"colour"`
	Host    string `json:"host"`
}

func routes(conf settings) http.Handler {
	who := identity{Version: conf.version, Colour: conf.colour, Host: conf.host}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { answer(w, who) })
	mux.HandleFunc("GET /healthz", healthz(conf, time.Now()))
	mux.HandleFunc("POST /echo", echo)
	mux.HandleFunc("GET /slow", slow(who))
	mux.HandleFunc("GET /stream", stream(who))
	mux.HandleFunc("GET /ws", echoWebsocket)
	if conf.prefix != "" {
		mux.Handle(conf.prefix+"/", http.StripPrefix(conf.prefix, mux))
	}
	return sayVersion(who, faulty(conf, mux))
}

// sayVersion names version and colour on every answer, so that a client can attribute also those
// whose body says nothing about them.
func sayVersion(who identity, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Version", who.Version)
		w.Header().Set("X-Colour", who.Colour)
		next.ServeHTTP(w, r)
	})
}

func answer(w http.ResponseWriter, who identity) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(who) // a client that went away needs no answer
}

// healthz answers 503 until HEALTH_DELAY has passed since started, as a service that warms up.
func healthz(conf settings, started time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		switch {
		case conf.failHealth:
			http.Error(w, "unhealthy: FAIL_HEALTH=1 asks for it", http.StatusInternalServerError)
		case time.Since(started) < conf.healthDelay:
			http.Error(w, "warming up", http.StatusServiceUnavailable)
		default:
			say(w, "ok")
		}
	}
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "read the body: "+err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = w.Write(body)
}

// slow holds the request for ?for= (2s when absent) and then answers as / does.
func slow(who identity) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if d, ok := askedFor(w, r, 2*time.Second); ok && wait(r.Context(), d) {
			answer(w, who)
		}
	}
}

// askedFor reads ?for= and refuses what it cannot serve.
func askedFor(w http.ResponseWriter, r *http.Request, fallback time.Duration) (time.Duration, bool) {
	d, err := duration(r.URL.Query().Get("for"), fallback)
	if err != nil || d < 0 || d > longest {
		http.Error(w, fmt.Sprintf("for: want a duration from 0s to %s", longest), http.StatusBadRequest)
		return 0, false
	}
	return d, true
}
