package load

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// clock gives times in milliseconds after a start.
type clock struct{ start time.Time }

func (c clock) at(ms int) time.Time { return c.start.Add(time.Duration(ms) * time.Millisecond) }

// ticking makes a recorder whose time a test decides.
func ticking(mix map[Kind]int) (*recorder, clock) {
	c := clock{start: time.Now()}
	r := newRecorder(options{Options: Options{Mix: mix, KeepFailures: 3}})
	r.open.from, r.lastGood = c.start, c.start
	return r, c
}

func (c clock) good(ms int, version, colour string) result {
	return result{at: c.at(ms), source: Source{Version: version, Colour: colour}}
}

func TestReportLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		report Report
		want   string
	}{
		{Report{Count: Count{Requests: 12345}}, "12,345 requests, 0 lost"},
		{Report{Count: Count{Requests: 999, Lost: 7}}, "999 requests, 7 lost"},
		{Report{Count: Count{Requests: 1234567, Lost: 1000, Cut: 2}}, "1,234,567 requests, 1,000 lost, 2 cut"},
		{Report{Count: Count{Requests: 1}, longLived: true}, "1 requests, 0 lost, 0 cut"},
	}
	for _, test := range tests {
		if got := test.report.String(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestSteps follows a switch there and back: each step tells its own first answers.
func TestSteps(t *testing.T) {
	t.Parallel()
	r, c := ticking(Short())
	r.add(KeepAlive, c.good(10, "v1", "blue"))
	r.add(Post, c.good(20, "v1", "blue"))
	before := r.snapshot(c.at(25))
	r.add(KeepAlive, c.good(30, "v1", "blue"))
	r.add(KeepAlive, c.good(90, "v2", "green"))
	r.add(KeepAlive, result{at: c.at(95), lost: "status 503", reconnects: 1})
	switched := r.snapshot(c.at(100))
	r.add(NewConn, c.good(110, "v1", "blue"))
	back := r.snapshot(c.at(120))

	step := switched.Sub(before)
	if want := (Count{Requests: 3, Lost: 1, Reconnects: 1}); step.Count != want {
		t.Errorf("switch counted %+v, want %+v", step.Count, want)
	}
	if first, last := step.Of("v2").First, step.Of("v1").Last; !first.Equal(c.at(90)) || !last.Equal(c.at(30)) {
		t.Errorf("first of v2 %v, last of v1 %v: want 90 and 30 ms after %v", first, last, c.start)
	}
	if step.LongestGap != 60*time.Millisecond {
		t.Errorf("longest gap %v, want 60ms", step.LongestGap)
	}
	if step.OK() || !before.OK() || len(step.Failures) != 1 || len(before.Failures) != 0 {
		t.Errorf("failures %v then %v: want none then one", before.Failures, step.Failures)
	}
	if rollback := back.Sub(switched); !rollback.Of("v1").First.Equal(c.at(110)) || rollback.Of("v2").Count != 0 {
		t.Errorf("rollback answers %v: want v1 from 110 ms on, and no v2", rollback.Answers)
	}
	if all := back.Of("v1"); !all.First.Equal(c.at(10)) || !all.Last.Equal(c.at(110)) || all.Count != 4 {
		t.Errorf("v1 in all %+v: want 4 from 10 to 110 ms", all)
	}
	if back.LongestGap != step.LongestGap {
		t.Errorf("longest gap in all %v, want that of the switch, %v", back.LongestGap, step.LongestGap)
	}
	if nothing := back.Sub(back); nothing.Requests != 0 {
		t.Errorf("a report without itself has %d requests", nothing.Requests)
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	r, c := ticking(Short())
	r.add(KeepAlive, c.good(10, "v1", ""))
	if open := r.snapshot(c.at(500)); open.LongestGap != 490*time.Millisecond {
		t.Errorf("an open gap of 490 ms is reported as %v", open.LongestGap)
	}
	r.freeze(c.at(600))
	if end := r.snapshot(c.at(5000)); end.LongestGap != 590*time.Millisecond {
		t.Errorf("after the end of requests the gap is %v, want 590ms", end.LongestGap)
	}
}

func TestLongKinds(t *testing.T) {
	t.Parallel()
	r, c := ticking(DefaultMix())
	r.add(Slow, c.good(3000, "v1", "blue"))
	r.add(Stream, result{at: c.at(3001), cut: "closed"})
	report := r.snapshot(c.at(3002))
	if report.Of("v1").Count != 0 {
		t.Error("a slow answer is attributed to the time when it came")
	}
	if report.String() != "2 requests, 0 lost, 1 cut" || report.Kinds[Stream].Cut != 1 || report.OK() {
		t.Errorf("%v %+v: want the stream counted as cut", report, report.Kinds)
	}
}

func TestFailuresAreBounded(t *testing.T) {
	t.Parallel()
	r, c := ticking(Short())
	for n := range 5 {
		r.add(NewConn, result{at: c.at(n), lost: fmt.Sprintf("cause %d", n)})
	}
	text := r.snapshot(c.at(10)).Details()
	if strings.Count(text, "cause") != 3 || !strings.Contains(text, "and 2 more") || !strings.Contains(text, "new lost: cause 0") {
		t.Errorf("details:\n%swant the first three and how many more", text)
	}
}
