package swarm

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gotest.tools/v3/assert"
)

func isUpdate(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/services/") && strings.HasSuffix(r.URL.Path, "/update")
}

func TestLabelsAreChangedInOneStep(t *testing.T) {
	f := newFake()
	f.addProxy(map[string]string{ActiveLabel: "blue", "own": "kept"})
	e := f.engine(t, nil)
	assert.NilError(t, e.SetLabels(t.Context(), 7, map[string]string{ActiveLabel: "blue"}, map[string]string{ActiveLabel: "green", RoutingLabel: "r"}))
	labels, err := e.ProxyLabels(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, labels[ActiveLabel], "green")
	assert.Equal(t, labels[RoutingLabel], "r")
	assert.Equal(t, labels[epochLabel], "7")
	assert.Equal(t, labels["own"], "kept")
	assert.Equal(t, len(f.changes()), 1)
}

func TestLabelsThatAreNotWhatWasExpectedStay(t *testing.T) {
	f := newFake()
	f.addProxy(map[string]string{ActiveLabel: "green"})
	err := f.engine(t, nil).SetLabels(t.Context(), 1, map[string]string{ActiveLabel: "blue"}, map[string]string{ActiveLabel: "blue:10:green"})
	assert.ErrorIs(t, err, ErrChanged)
	assert.ErrorContains(t, err, ActiveLabel)
	assert.Equal(t, len(f.changes()), 0)
}

// A label that was not there is expected as an empty one.
func TestALabelThatIsExpectedToBeMissing(t *testing.T) {
	f := newFake()
	f.addProxy(nil)
	e, none := f.engine(t, nil), map[string]string{RoutingLabel: ""}
	assert.NilError(t, e.SetLabels(t.Context(), 1, none, map[string]string{RoutingLabel: "first"}))
	assert.ErrorIs(t, e.SetLabels(t.Context(), 1, none, map[string]string{RoutingLabel: "second"}), ErrChanged)
	assert.Equal(t, f.service("lb").Spec.Labels[RoutingLabel], "first")
}

// All have read the same before the first one writes.
func TestOfSixWritersWithOneExpectationOneWins(t *testing.T) {
	const writers = 6
	f := newFake()
	f.addProxy(map[string]string{ActiveLabel: "blue"})
	var came atomic.Int32
	all := make(chan struct{})
	f.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if isUpdate(r) {
			if came.Add(1) == writers {
				close(all)
			}
			<-all
		}
		return false
	}
	errs := make([]error, writers)
	var group sync.WaitGroup
	for i := range writers {
		e := f.engine(t, nil)
		group.Go(func() {
			errs[i] = e.SetLabels(t.Context(), 1, map[string]string{ActiveLabel: "blue"}, map[string]string{ActiveLabel: fmt.Sprint("colour-", i)})
		})
	}
	group.Wait()
	won := -1
	for i, err := range errs {
		switch {
		case err == nil && won < 0:
			won = i
		case err == nil:
			t.Errorf("%d and %d have both won", won, i)
		default:
			assert.Check(t, errors.Is(err, ErrChanged), "%d: %v", i, err)
		}
	}
	assert.Assert(t, won >= 0, "nobody has won: %v", errs)
	assert.Equal(t, f.service("lb").Spec.Labels[ActiveLabel], fmt.Sprint("colour-", won))
}

// A change of something else of the service is no loss: it is read and tried
// again, and the other change stays.
func TestAWriteBetweenThatChangesSomethingElse(t *testing.T) {
	f := newFake()
	s := f.addProxy(map[string]string{ActiveLabel: "blue"})
	first := true
	f.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if isUpdate(r) && first {
			first = false
			f.mu.Lock()
			defer f.mu.Unlock()
			labels := map[string]string{"theirs": "too"}
			for k, v := range s.Spec.Labels {
				labels[k] = v
			}
			s.Spec.Labels, s.Meta = labels, f.next()
		}
		return false
	}
	assert.NilError(t, f.engine(t, nil).SetLabels(t.Context(), 1, map[string]string{ActiveLabel: "blue"}, map[string]string{ActiveLabel: "green"}))
	labels := f.service("lb").Spec.Labels
	assert.Equal(t, labels[ActiveLabel], "green")
	assert.Equal(t, labels["theirs"], "too")
}

func TestAWriterThatLosesEachTimeGivesUp(t *testing.T) {
	f := newFake()
	f.addProxy(nil)
	tries := 0
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if isUpdate(r) {
			tries++
			refuse(w, http.StatusInternalServerError, "rpc error: code = Unknown desc = update out of sequence")
			return true
		}
		return false
	}
	err := f.engine(t, nil).SetLabels(t.Context(), 1, nil, map[string]string{ActiveLabel: "green"})
	assert.ErrorContains(t, err, outOfSequence)
	assert.Equal(t, tries, updates)
	var explained *Error
	assert.Assert(t, errors.As(err, &explained))
	assert.Equal(t, explained.Hint(), "somebody else has changed it at the same time: type the command again")
}

// What is read back differs from what was written: it is not held for done.
func TestLabelsAreReadBack(t *testing.T) {
	f := newFake()
	s := f.addProxy(map[string]string{ActiveLabel: "blue"})
	f.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet && r.URL.Path == "/services/"+s.ID {
			f.mu.Lock()
			defer f.mu.Unlock()
			s.Spec.Labels[ActiveLabel] = "blue"
		}
		return false
	}
	err := f.engine(t, nil).SetLabels(t.Context(), 1, nil, map[string]string{ActiveLabel: "green"})
	assert.ErrorIs(t, err, ErrChanged)
}

func TestAFormerHolderCommitsNothing(t *testing.T) {
	f := newFake()
	f.addProxy(map[string]string{ActiveLabel: "blue"})
	e := f.engine(t, nil)
	assert.NilError(t, e.fence(t.Context(), 6))
	var lost *LostError
	err := e.SetLabels(t.Context(), 5, map[string]string{ActiveLabel: "blue"}, map[string]string{ActiveLabel: "green"})
	assert.Assert(t, errors.As(err, &lost), "%v", err)
	assert.Equal(t, lost.Epoch, 5)
	assert.Equal(t, f.service("lb").Spec.Labels[ActiveLabel], "blue")
	assert.NilError(t, e.SetLabels(t.Context(), 6, map[string]string{ActiveLabel: "blue"}, map[string]string{ActiveLabel: "green"}))
}

// One that took the lock over and was held up before it said so, while the next
// one did, must not let itself in again.
func TestAFenceIsNeverLowered(t *testing.T) {
	f := newFake()
	f.addProxy(nil)
	e := f.engine(t, nil)
	assert.NilError(t, e.fence(t.Context(), 6))
	var lost *LostError
	assert.Assert(t, errors.As(e.fence(t.Context(), 5), &lost))
	assert.Equal(t, f.service("lb").Spec.Labels[epochLabel], "6")
}

func TestTheProxyIsFoundByItsLabel(t *testing.T) {
	f := newFake()
	e := f.engine(t, nil)
	labels, err := e.ProxyLabels(t.Context())
	assert.NilError(t, err)
	assert.Assert(t, labels == nil)
	has, err := Has(t.Context(), e.cli, "shop")
	assert.NilError(t, err)
	assert.Assert(t, !has)
	assert.NilError(t, e.fence(t.Context(), 3), "there is nothing to keep anybody from")
	assert.ErrorIs(t, e.SetLabels(t.Context(), 1, nil, nil), errGone)

	f.addProxy(map[string]string{ActiveLabel: "blue"})
	f.addReplicated("web-blue", 2, nil)
	labels, err = e.ProxyLabels(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, labels[ActiveLabel], "blue")
	has, err = Has(t.Context(), e.cli, "shop")
	assert.NilError(t, err)
	assert.Assert(t, has)
	has, err = Has(t.Context(), e.cli, "other")
	assert.NilError(t, err)
	assert.Assert(t, !has)
}

// An engine that manages no Swarm has none of its projects; a Swarm without a
// leader does not know.
func TestASwarmThatCannotAnswerHasNoProject(t *testing.T) {
	f := newFake()
	f.addProxy(nil)
	for said, hint := range map[string]string{
		"This node is not a swarm manager. Use \"docker swarm init\"":                      "talk to a manager",
		"rpc error: code = Unknown desc = The swarm does not have a leader. It's possible": "more than half of the managers must be up",
	} {
		f.before = func(w http.ResponseWriter, _ *http.Request) bool {
			refuse(w, http.StatusServiceUnavailable, said)
			return true
		}
		e := f.engine(t, nil)
		_, err := e.ProxyLabels(t.Context())
		var explained *Error
		assert.Assert(t, errors.As(err, &explained), "%v", err)
		assert.ErrorContains(t, err, "swarm: list the services: ")
		assert.Assert(t, strings.Contains(explained.Hint(), hint), explained.Hint())
		has, unsure := Has(t.Context(), e.cli, "shop")
		assert.Assert(t, !has)
		assert.Equal(t, unsure != nil, Unsettled(err))
	}
}
