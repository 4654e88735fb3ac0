package display

import (
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// row is what the live block shows of one subject.
type row struct {
	subject string
	text    string
	status  compose.Status
	began   time.Time
	ended   time.Time // zero while it works
}

// elapsed is how long the subject took, or takes so far.
func (r row) elapsed(now time.Time) time.Duration {
	if r.ended.IsZero() {
		return now.Sub(r.began)
	}
	return r.ended.Sub(r.began)
}

// rows reduces events to the state that is shown: a row for each subject, in
// the order in which they first appeared.
type rows struct {
	list  []row
	index map[string]int
}

func newRows() *rows { return &rows{index: map[string]int{}} }

// apply takes an event in.
func (r *rows) apply(e compose.Event, now time.Time) {
	subject := e.Subject
	if subject == "" {
		subject = e.Step
	}
	i, ok := r.index[subject]
	if !ok {
		i = len(r.list)
		r.index[subject] = i
		r.list = append(r.list, row{subject: subject, began: now})
	}
	it := &r.list[i]
	if !ok || !clerical(e) {
		it.text = rowText(e)
	}
	it.status, it.ended = e.Status, time.Time{}
	if e.Status != compose.Working {
		it.ended = now
	}
}

// rowText is what a row says; a silent event is known by its step.
func rowText(e compose.Event) string {
	if text := words(e); text != "" {
		return text
	}
	return e.Step
}

// finished counts the rows that do not work any more.
func (r *rows) finished() int {
	n := 0
	for _, it := range r.list {
		if it.status != compose.Working {
			n++
		}
	}
	return n
}
