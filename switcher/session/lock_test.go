package session

import (
	"errors"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

var ann = switcher.Holder{Command: "switch", Who: "ann@laptop", PID: 7, Since: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}

func lockOf(s *Session) *Lock {
	return &Lock{Session: s, Project: "hello", Errors: Errors{Proxy: "lb"}}
}

func TestLock(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		ctx := t.Context()
		first, second := lockOf(open()), lockOf(open())
		if held, err := second.Held(ctx); held != nil || err != nil {
			t.Errorf("before: %v, %v", held, err)
		}
		if err := first.Acquire(ctx, ann, 0); err != nil {
			t.Fatal(err)
		}
		for _, l := range []*Lock{first, second} {
			if held, err := l.Held(ctx); err != nil || held == nil || *held != ann {
				t.Errorf("held by %v, %v", held, err)
			}
		}
		if err := first.Acquire(ctx, ann, 0); err != nil {
			t.Errorf("again by the same session: %v", err)
		}
		var locked *switcher.LockedError
		if err := second.Acquire(ctx, switcher.Holder{}, 0); !errors.As(err, &locked) || locked.Holder != ann || locked.Project != "hello" {
			t.Errorf("taken: %v", err)
		}
		if err := first.Session.Close(); err != nil {
			t.Fatal(err)
		}
		if held, err := second.Held(ctx); held != nil || err != nil {
			t.Errorf("after: %v, %v", held, err)
		}
		if err := second.Acquire(ctx, ann, 0); err != nil {
			t.Error(err)
		}
	})
}

func TestLockWaits(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		ctx := t.Context()
		first, second := lockOf(open()), lockOf(open())
		if err := first.Acquire(ctx, ann, 0); err != nil {
			t.Fatal(err)
		}
		var locked *switcher.LockedError
		if err := second.Acquire(ctx, ann, time.Second); !errors.As(err, &locked) {
			t.Errorf("waited 1 s: %v", err)
		}
		time.AfterFunc(700*time.Millisecond, func() { _ = first.Session.Close() })
		if err := second.Acquire(ctx, ann, time.Minute); err != nil {
			t.Errorf("waited for the first to end: %v", err)
		}
	})
}

// Who came while another worked must not take its turn: what it knew when it
// was started is not true any more.
func TestALockThatWasGivenBackIsNoChanceToOvertake(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		ctx := t.Context()
		first, second := lockOf(open()), lockOf(open())
		if err := first.Acquire(ctx, ann, 0); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Second, func() { _ = first.Session.Close() })
		var locked *switcher.LockedError
		if err := second.Acquire(ctx, switcher.Holder{}, 0); !errors.As(err, &locked) || locked.Holder != ann {
			t.Errorf("overtaken: %v", err)
		}
		if err := second.Acquire(ctx, switcher.Holder{}, 0); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestTheLockDiesWithItsHolder(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		ctx := t.Context()
		first, second := open(), lockOf(open())
		if err := lockOf(first).Acquire(ctx, ann, 0); err != nil {
			t.Fatal(err)
		}
		first.stream.(*process).kill()
		if err := second.Acquire(ctx, ann, 0); err != nil {
			t.Error(err)
		}
	})
}

func TestAProgramDoesNotInheritTheLock(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		ctx := t.Context()
		first, second := open(), lockOf(open())
		if err := lockOf(first).Acquire(ctx, ann, 0); err != nil {
			t.Fatal(err)
		}
		go func() { _, _, _ = first.Run(ctx, "sleep", "3") }()
		time.Sleep(100 * time.Millisecond) // the program has started
		first.stream.(*process).kill()
		if err := second.Acquire(ctx, ann, 0); err != nil {
			t.Error(err)
		}
	})
}

// On a busy machine each program that the agent starts takes its time. The
// wait must end by the clock all the same: the client gives up after patience,
// and the session is lost then.
func TestTheWaitForALockEndsAlsoWhereProgramsAreSlow(t *testing.T) {
	t.Parallel()
	dial := slowly(t, "flock", toolSets["bash"]...)
	dir := t.TempDir()
	open := func() *Lock {
		s, err := Open(t.Context(), dial, Place{Default: dir})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return lockOf(s)
	}
	first, second := open(), open()
	if err := first.Acquire(t.Context(), ann, 0); err != nil {
		t.Fatal(err)
	}
	var locked *switcher.LockedError
	for _, wait := range []time.Duration{0, time.Second} {
		if err := second.Acquire(t.Context(), ann, wait); !errors.As(err, &locked) {
			t.Errorf("waited %s: %v", wait, err)
		}
	}
}
