package load

import (
	"maps"
	"time"
)

// Count is how often something was tried, and what came of it.
type Count struct {
	Requests   int // ended ones, good or bad; a held connection is one
	Lost       int // not 200, no connection, truncated or wrong
	Cut        int // streams, websockets and TCP connections that ended early
	Again      int // requests that the server said it had not processed, and that were sent again; not lost
	Reconnects int // idle kept connections that the server closed without announcing it; not lost
}

func (c Count) plus(other Count) Count {
	return Count{
		Requests:   c.Requests + other.Requests,
		Lost:       c.Lost + other.Lost,
		Cut:        c.Cut + other.Cut,
		Again:      c.Again + other.Again,
		Reconnects: c.Reconnects + other.Reconnects,
	}
}

// Span tells when a source answered short requests. Long ones are left out: their answers come
// seconds after the decision who gives them.
type Span struct {
	First, Last time.Time
	Count       int
}

func (s Span) plus(later Span) Span {
	switch {
	case s.Count == 0:
		return later
	case later.Count == 0:
		return s
	}
	return Span{First: s.First, Last: later.Last, Count: s.Count + later.Count}
}

// window is what happened between two snapshots. Once a snapshot holds it, it does not change.
type window struct {
	from, to time.Time
	kinds    map[Kind]Count
	answers  map[Source]Span
	gap      time.Duration // the longest between two good short answers that ended here
	failures []Failure
}

func newWindow(from time.Time) *window {
	return &window{from: from, kinds: map[Kind]Count{}, answers: map[Source]Span{}}
}

// merge makes one window of consecutive ones.
func merge(windows []*window, keepFailures int) *window {
	whole := newWindow(windows[0].from)
	for _, w := range windows {
		whole.to = w.to
		whole.gap = max(whole.gap, w.gap)
		for kind, count := range w.kinds {
			whole.kinds[kind] = whole.kinds[kind].plus(count)
		}
		for source, span := range w.answers {
			whole.answers[source] = whole.answers[source].plus(span)
		}
		room := keepFailures - len(whole.failures)
		whole.failures = append(whole.failures, w.failures[:min(len(w.failures), room)]...)
	}
	return whole
}

func (w *window) total() Count {
	var sum Count
	for count := range maps.Values(w.kinds) {
		sum = sum.plus(count)
	}
	return sum
}
