package swarm

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"
)

var (
	ann = json.RawMessage(`{"who":"ann"}`)
	bob = json.RawMessage(`{"who":"bob"}`)
)

// inBubble runs a test with its own time, which passes when all wait.
func inBubble(t *testing.T, test func(t *testing.T, f *fakeSwarm)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newFake()) })
}

func take(t *testing.T, e *Engine, holder json.RawMessage, lost func(error)) *Lease {
	t.Helper()
	if lost == nil {
		lost = func(err error) { t.Errorf("the lock was lost: %v", err) }
	}
	l, err := e.Take(t.Context(), holder, 0, lost)
	assert.NilError(t, err)
	return l
}

func held(t *testing.T, f *fakeSwarm) string {
	t.Helper()
	who, err := f.engine(t, nil).Holder(t.Context())
	assert.NilError(t, err)
	return string(who)
}

func TestTheLockIsTakenAndFreed(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		assert.Equal(t, held(t, f), "")
		l := take(t, f.engine(t, nil), ann, nil)
		assert.Equal(t, held(t, f), string(ann))
		assert.Equal(t, l.Epoch(), 1)
		time.Sleep(20 * time.Second)
		assert.NilError(t, l.Free(t.Context()))
		assert.Equal(t, held(t, f), "")

		began := time.Now()
		next := take(t, f.engine(t, nil), bob, nil)
		assert.Equal(t, next.Epoch(), 2)
		assert.Equal(t, time.Since(began), time.Duration(0), "a lock that is free is taken at once")
		assert.NilError(t, next.Free(t.Context()))
	})
}

func TestAHolderThatBeatsIsNotGone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		l := take(t, f.engine(t, nil), ann, nil)
		for _, wait := range []time.Duration{0, 30 * time.Second} {
			began := time.Now()
			_, err := f.engine(t, nil).Take(t.Context(), bob, wait, nil)
			var taken *TakenError
			assert.Assert(t, errors.As(err, &taken), "%v", err)
			assert.Equal(t, string(taken.Holder), string(ann))
			waited := time.Since(began)
			assert.Assert(t, waited >= wait && waited <= wait+silence, "%s", waited)
		}
		assert.Equal(t, held(t, f), string(ann))
		assert.NilError(t, l.Free(t.Context()))
	})
}

func TestWhoWaitsGetsTheLockWhenItIsFreed(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		l := take(t, f.engine(t, nil), ann, nil)
		began := time.Now()
		time.AfterFunc(10*time.Second, func() { assert.Check(t, l.Free(t.Context())) })
		next, err := f.engine(t, nil).Take(t.Context(), bob, time.Minute, nil)
		assert.NilError(t, err)
		assert.Equal(t, next.Epoch(), 2)
		waited := time.Since(began)
		assert.Assert(t, waited >= 10*time.Second && waited <= 10*time.Second+beat, "%s", waited)
		assert.NilError(t, next.Free(t.Context()))
	})
}

// cut keeps the requests of one engine from the Swarm.
type cut struct {
	*fakeSwarm
	off *atomic.Bool
}

func (c cut) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.off.Load() {
		return nil, errors.New("connection refused")
	}
	return c.fakeSwarm.RoundTrip(r)
}

func (f *fakeSwarm) cuttable(t *testing.T) (*Engine, *atomic.Bool) {
	t.Helper()
	off := &atomic.Bool{}
	e := f.engine(t, nil)
	e.cli = stub{client: clientOn(t, cut{f, off})}
	return e, off
}

func TestTheLockOfAHolderThatIsGoneIsTakenOver(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.addProxy(map[string]string{ActiveLabel: "blue"})
		former, off := f.cuttable(t)
		lost := make(chan error, 1)
		l := take(t, former, ann, func(err error) { lost <- err })
		assert.NilError(t, former.SetLabels(t.Context(), l.Epoch(), nil, map[string]string{ActiveLabel: "green"}))
		time.Sleep(3 * time.Second)
		off.Store(true)

		began := time.Now()
		next := take(t, f.engine(t, nil), bob, nil)
		waited := time.Since(began)
		assert.Assert(t, waited >= silence && waited < 2*silence, "%s", waited)
		assert.Equal(t, next.Epoch(), 2)
		assert.Equal(t, f.service("lb").Spec.Labels[epochLabel], "2", "what is committed knows of it")

		// It comes back, and must not go on, even before it has learned of it.
		off.Store(false)
		var gone *LostError
		err := former.SetLabels(t.Context(), l.Epoch(), map[string]string{ActiveLabel: "green"}, map[string]string{ActiveLabel: "blue"})
		assert.Assert(t, errors.As(err, &gone), "%v", err)
		assert.Equal(t, f.service("lb").Spec.Labels[ActiveLabel], "green")
		time.Sleep(2 * beat)
		select {
		case err := <-lost:
			assert.Assert(t, errors.As(err, &gone), "%v", err)
			assert.Equal(t, gone.Epoch, 1)
		default:
			t.Error("the former holder was not told")
		}
		assert.NilError(t, l.Free(t.Context()))
		assert.Equal(t, held(t, f), string(bob), "who lost it frees nothing")
		assert.NilError(t, next.engine.SetLabels(t.Context(), next.Epoch(), nil, map[string]string{ActiveLabel: "blue"}))
		assert.NilError(t, next.Free(t.Context()))
	})
}

// A short absence is none: the holder goes on.
func TestAHolderThatIsAwayForAMomentKeepsTheLock(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		e, off := f.cuttable(t)
		l := take(t, e, ann, nil)
		off.Store(true)
		time.Sleep(silence - beat)
		off.Store(false)
		time.Sleep(2 * beat)
		_, err := f.engine(t, nil).Take(t.Context(), bob, 0, nil)
		var taken *TakenError
		assert.Assert(t, errors.As(err, &taken), "%v", err)
		assert.NilError(t, l.Free(t.Context()))
	})
}

// The Swarm did a write whose answer never came: the next one is out of
// sequence, but the lock is still the holder's.
func TestAnAnswerThatIsLostLosesNoLock(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		e, drop := f.engine(t, nil), &atomic.Bool{}
		e.cli = stub{client: clientOn(t, deaf{f, drop})}
		l := take(t, e, ann, nil)
		drop.Store(true)
		time.Sleep(beat + beat/2)
		assert.Assert(t, !drop.Load(), "no answer was lost")
		time.Sleep(10 * beat)
		assert.Equal(t, held(t, f), string(ann))
		drop.Store(true)
		time.Sleep(beat)
		assert.NilError(t, l.Free(t.Context()))
		assert.Equal(t, held(t, f), "")
	})
}

// deaf does not hear the answer to one update of a config.
type deaf struct {
	*fakeSwarm
	once *atomic.Bool
}

func (d deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.fakeSwarm.RoundTrip(r)
	if strings.HasPrefix(r.URL.Path, "/configs/") && r.Method == http.MethodPost && d.once.CompareAndSwap(true, false) {
		return nil, errors.New("connection reset by peer")
	}
	return resp, err
}

func TestOfTwoThatSeizeAtOnceOneWins(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.addProxy(nil)
		former, off := f.cuttable(t)
		take(t, former, ann, func(error) {})
		off.Store(true)
		var group sync.WaitGroup
		leases, errs := make([]*Lease, 4), make([]error, 4)
		for i := range leases {
			e := f.engine(t, nil)
			group.Go(func() { leases[i], errs[i] = e.Take(t.Context(), bob, 0, func(error) { t.Error("lost") }) })
		}
		group.Wait()
		won := 0
		for i, l := range leases {
			var taken *TakenError
			if l == nil {
				assert.Check(t, errors.As(errs[i], &taken), "%v", errs[i])
				continue
			}
			won++
			assert.Equal(t, l.Epoch(), 2)
			defer func() { assert.Check(t, l.Free(t.Context())) }()
		}
		assert.Equal(t, won, 1)
		off.Store(false)
		time.Sleep(2 * beat) // the former one learns of it
	})
}

func TestWhoWaitsForTheLockCanGiveUp(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		l := take(t, f.engine(t, nil), ann, nil)
		ctx, cancel := contextFor(t, 3*time.Second)
		defer cancel()
		_, err := f.engine(t, nil).Take(ctx, bob, time.Hour, nil)
		assert.ErrorIs(t, err, ctx.Err())
		assert.Equal(t, held(t, f), string(ann))
		assert.NilError(t, l.Free(t.Context()))
	})
}

func TestADamagedLockIsNotTaken(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		e := f.engine(t, nil)
		_, err := e.Replace(t.Context(), leaseRecord, Record{}, "{")
		assert.NilError(t, err)
		_, err = e.Take(t.Context(), ann, 0, nil)
		assert.ErrorContains(t, err, "the record of the lock is damaged")
		_, err = e.Holder(t.Context())
		assert.ErrorContains(t, err, "the record of the lock is damaged")
	})
}
