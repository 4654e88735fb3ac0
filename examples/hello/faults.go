package main

import (
	"net/http"
	"sync/atomic"
	"time"
)

// faulty answers as a bad release does, which is healthy all the same: late, and some requests
// with 500, evenly spread.
func faulty(conf settings, next http.Handler) http.Handler {
	var asked atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			next.ServeHTTP(w, r)
			return
		}
		if !wait(r.Context(), conf.answerDelay) {
			return
		}
		n := float64(asked.Add(1))
		if int(n*conf.failShare) > int((n-1)*conf.failShare) {
			http.Error(w, "FAIL_SHARE asks for it", http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// crash is when the service is to crash; it never is without CRASH_AFTER.
func crash(conf settings) <-chan time.Time {
	if conf.crashAfter == 0 {
		return nil
	}
	return time.After(conf.crashAfter)
}
