package proxytest

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// visits is how many of one kind are made to be counted.
const visits = 25

// The proxy tells what visitors got, by colour: how many answers, and how many
// of them were errors, its own for want of a replica among them.
func countsWhatVisitorsGot(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.mustCount(t, control)
	before := w.count(t, control)
	for range visits {
		if status, body := w.visit(t, "/"); status != http.StatusOK {
			t.Errorf("a visitor gets %d: %s", status, body)
		}
	}
	w.awaitCount(t, control, before, switcher.Reading{Requests: visits})

	over := w.outage(t, compose.Blue)
	ok(t, control.Enrol(ctx, w.side(t, w.model, compose.Blue)))
	eventually(t, "visitors are told that there is no replica", func() error {
		if status, _ := w.visit(t, "/"); status != http.StatusServiceUnavailable {
			return fmt.Errorf("a visitor gets %d", status)
		}
		return nil
	})
	before = w.settled(t, control)
	for range visits {
		w.visit(t, "/")
	}
	w.awaitCount(t, control, before, switcher.Reading{Requests: visits, Errors: visits})
	over(control)
	w.answersAgain(t)
}

// mustCount skips a test where a user's own settings need not count.
func (w *world) mustCount(t *testing.T, control switcher.Control) {
	t.Helper()
	var lacking *compose.InvalidError
	switch err := control.Countable(t.Context(), w.model); {
	case errors.As(err, &lacking) && !w.setup.Proxy.Generated:
		t.Skipf("own settings need not count: %v", err)
	case err != nil:
		t.Fatal(err)
	}
}

// What visitors who stay with the former colour get is that colour's.
func countsThoseWhoStay(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.mustCount(t, control)
	w.awaitUp(t, control, compose.Green, 2)
	clients := newClients(visits)
	w.answers(t, clients, "blue")
	ok(t, control.Commit(ctx, pinning(compose.Green, compose.Blue)))
	before := w.settled(t, control)
	w.answers(t, clients, "blue")
	w.answers(t, append(newClients(visits), newClients(visits)...), "green")
	eventually(t, "those who stay are counted", func() error {
		now := w.count(t, control)
		for c, want := range map[compose.Colour]int{compose.Blue: visits, compose.Green: 2 * visits} {
			if got := now.Of[c]["web"].Requests - before.Of[c]["web"].Requests; got != want {
				return fmt.Errorf("%s has %d requests, want %d", c, got, want)
			}
		}
		return nil
	})
	ok(t, control.Commit(ctx, routing(compose.Blue)))
	w.serves(t, "blue")
}

// Visitors without cookies are counted for the colour that they are sent to.
func countsThoseWhoAreDrawn(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.mustCount(t, control)
	w.awaitUp(t, control, compose.Green, 2)
	ok(t, control.Commit(ctx, canary(compose.Blue, 50)))
	before := w.settled(t, control)
	went := map[compose.Colour]int{}
	for range 2 * visits {
		web, _ := w.colours(t)
		went[compose.Colour(web)]++
	}
	if went[compose.Blue] == 0 || went[compose.Green] == 0 {
		t.Fatalf("half of them wanted: %v", went)
	}
	eventually(t, "those who are drawn are counted", func() error {
		now := w.count(t, control)
		for c, want := range went {
			got, had := now.Of[c]["web"], before.Of[c]["web"]
			if got.Requests-had.Requests != want || got.Errors != had.Errors || got.Broken != had.Broken {
				return fmt.Errorf("%s has %+v after %+v, %d more wanted", c, got, had, want)
			}
		}
		return nil
	})
	ok(t, control.Commit(ctx, canary(compose.Blue, 0)))
	w.serves(t, "blue")
}

func (w *world) count(t testing.TB, control switcher.Control) switcher.Count {
	t.Helper()
	count, err := control.Count(t.Context(), w.model)
	ok(t, err)
	return count
}

// settled is a count that has taken in what was answered before: a proxy may
// write it down a moment after the answer.
func (w *world) settled(t testing.TB, control switcher.Control) switcher.Count {
	t.Helper()
	last := w.count(t, control)
	eventually(t, "the count stands still", func() error {
		now := w.count(t, control)
		before, after := last.Of[compose.Blue]["web"].Requests, now.Of[compose.Blue]["web"].Requests
		if last = now; before != after {
			return fmt.Errorf("it went from %d to %d", before, after)
		}
		return nil
	})
	return last
}

// awaitCount waits until the active colour has got what is wanted, and fails the
// test when the idle one has got anything.
func (w *world) awaitCount(t testing.TB, control switcher.Control, before switcher.Count, want switcher.Reading) {
	t.Helper()
	var after switcher.Count
	eventually(t, "the visitors are counted", func() error {
		after = w.count(t, control)
		from, to := before.Of[compose.Blue]["web"], after.Of[compose.Blue]["web"]
		if requests, failed := to.Requests-from.Requests, to.Errors-from.Errors; requests != want.Requests || failed != want.Errors {
			return fmt.Errorf("%d answers, %d of them errors; want %d and %d", requests, failed, want.Requests, want.Errors)
		}
		return nil
	})
	if idle := after.Of[compose.Green]["web"].Requests - before.Of[compose.Green]["web"].Requests; idle != 0 {
		t.Errorf("the idle colour has %d requests", idle)
	}
	if after.Began != before.Began || after.Began == "" {
		t.Errorf("the count began %q, then %q", before.Began, after.Began)
	}
}
