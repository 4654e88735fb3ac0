package local_test

import (
	"sync"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// recorder keeps events.
type recorder struct {
	mu      sync.Mutex
	events  []compose.Event
	matches func(compose.Event) bool
	do      func()
}

func (r *recorder) take(e compose.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	if r.do != nil && r.matches(e) {
		r.do()
		r.do = nil
	}
}

func (r *recorder) all() []compose.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]compose.Event(nil), r.events...)
}

// onNext calls do once, at the first event that matches.
func (r *recorder) onNext(matches func(compose.Event) bool, do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.matches, r.do = matches, do
}
