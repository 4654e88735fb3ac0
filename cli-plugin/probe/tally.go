package probe

import (
	"sync"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// tally is what was seen of one page.
type tally struct {
	mu         sync.Mutex
	sent, lost int
	why        string
	// answered is when the last good answer came, and gap the longest time
	// without one.
	answered    time.Time
	gap         time.Duration
	first, last map[compose.Colour]time.Time
}

// good counts an answer.
func (t *tally) good(a answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent++
	t.until(a.at)
	t.answered = a.at
	if t.first == nil {
		t.first, t.last = map[compose.Colour]time.Time{}, map[compose.Colour]time.Time{}
	}
	if _, found := t.first[a.colour]; !found {
		t.first[a.colour] = a.at
	}
	if t.last[a.colour].Before(a.at) {
		t.last[a.colour] = a.at
	}
}

// missed counts a request that was lost.
func (t *tally) missed(at time.Time, why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent++
	t.lost++
	t.until(at)
	if t.why == "" {
		t.why = why.Error()
	}
}

// pause tells that nothing is asked for a while, which is no gap.
func (t *tally) pause() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answered = time.Time{}
}

// until is the end of a time without a good answer, or of a part of one.
func (t *tally) until(at time.Time) {
	if !t.answered.IsZero() {
		t.gap = max(t.gap, at.Sub(t.answered))
	}
}
