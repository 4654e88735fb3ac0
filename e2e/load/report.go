package load

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Report is what came of the load in a stretch of time.
type Report struct {
	From, To   time.Time
	Count                      // of all kinds together
	Kinds      map[Kind]Count  // of each
	Failures   []Failure       // the first ones, at most Options.KeepFailures of each step
	Answers    map[Source]Span // short requests, by who answered
	LongestGap time.Duration   // between two good short answers, or since the last one

	windows      []*window
	keepFailures int
	longLived    bool
}

func newReport(windows []*window, keepFailures int, longLived bool) Report {
	if len(windows) == 0 {
		return Report{longLived: longLived}
	}
	whole := merge(windows, keepFailures)
	return Report{
		From: whole.from, To: whole.to,
		Count: whole.total(), Kinds: whole.kinds,
		Failures: whole.failures, Answers: whole.answers, LongestGap: whole.gap,
		windows: windows, keepFailures: keepFailures, longLived: longLived,
	}
}

// Sub is what happened after an earlier snapshot of the same run. What was in flight then counts
// here, since here it ended.
func (r Report) Sub(earlier Report) Report {
	return newReport(r.windows[min(len(earlier.windows), len(r.windows)):], r.keepFailures, r.longLived)
}

// Of sums up who answered with a version, whichever the colour. Its Count is zero for a version
// that has not answered.
func (r Report) Of(version string) Span {
	var whole Span
	for source, span := range r.Answers {
		if source.Version != version {
			continue
		}
		if whole.Count == 0 || span.First.Before(whole.First) {
			whole.First = span.First
		}
		if span.Last.After(whole.Last) {
			whole.Last = span.Last
		}
		whole.Count += span.Count
	}
	return whole
}

// OK tells whether nothing was lost and nothing cut.
func (r Report) OK() bool { return r.Lost == 0 && r.Cut == 0 }

// String is the line that a visitor would care for: "12,345 requests, 0 lost", and how many were
// cut where something could be.
func (r Report) String() string {
	text := thousands(r.Requests) + " requests, " + thousands(r.Lost) + " lost"
	if r.longLived || r.Cut > 0 {
		text += ", " + thousands(r.Cut) + " cut"
	}
	return text
}

// Details lists the failures that were kept, one a line, and how many more there were.
func (r Report) Details() string {
	var text strings.Builder
	for _, failure := range r.Failures {
		fmt.Fprintln(&text, failure)
	}
	if more := r.Lost + r.Cut - len(r.Failures); more > 0 {
		fmt.Fprintf(&text, "and %s more\n", thousands(more))
	}
	return text.String()
}

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
