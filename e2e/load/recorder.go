package load

import (
	"slices"
	"sync"
	"time"
)

// recorder collects results from all clients.
type recorder struct {
	keepFailures int
	longLived    bool // something that can be cut is part of the mix

	mu       sync.Mutex
	closed   []*window // those that snapshots hold
	open     *window
	lastGood time.Time // of a short answer
	frozen   time.Time // when new requests ceased; zero before
}

func newRecorder(o options) *recorder {
	now := time.Now()
	r := &recorder{keepFailures: o.KeepFailures, open: newWindow(now), lastGood: now}
	for kind, clients := range o.Mix {
		r.longLived = r.longLived || kind.heldOpen() && clients > 0
	}
	return r
}

// add counts one use that has ended.
func (r *recorder) add(kind Kind, res result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	count := Count{Requests: 1, Again: res.again, Reconnects: res.reconnects}
	switch {
	case res.lost != "":
		count.Lost = 1
		r.keep(Failure{At: res.at, Kind: kind, Cause: res.lost})
	case res.cut != "":
		count.Cut = 1
		r.keep(Failure{At: res.at, Kind: kind, Cause: res.cut, Cut: true})
	case kind.short():
		r.good(res)
	}
	r.open.kinds[kind] = r.open.kinds[kind].plus(count)
}

func (r *recorder) keep(failure Failure) {
	if len(r.open.failures) < r.keepFailures {
		r.open.failures = append(r.open.failures, failure)
	}
}

// good notes a good short answer. Clients report in nearly the order of their answers: one that
// overtook another must not turn the clock back.
func (r *recorder) good(res result) {
	span := r.open.answers[res.source]
	if span.Count == 0 || res.at.Before(span.First) {
		span.First = res.at
	}
	if res.at.After(span.Last) {
		span.Last = res.at
	}
	span.Count++
	r.open.answers[res.source] = span
	r.endGap(res.at)
	if res.at.After(r.lastGood) {
		r.lastGood = res.at
	}
}

// endGap measures from the last good answer to at, as long as answers can be expected.
func (r *recorder) endGap(at time.Time) {
	if r.frozen.IsZero() {
		r.open.gap = max(r.open.gap, at.Sub(r.lastGood))
	}
}

// freeze ends the watch on gaps: no short request begins after at.
func (r *recorder) freeze(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.frozen.IsZero() {
		r.endGap(at)
		r.frozen = at
	}
}

// snapshot closes the open window; a gap that is still open counts as far as it got.
func (r *recorder) snapshot(now time.Time) Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.endGap(now)
	r.open.to = now
	r.closed = append(r.closed, r.open)
	r.open = newWindow(now)
	return newReport(slices.Clone(r.closed), r.keepFailures, r.longLived)
}
