package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

var ann = switcher.Holder{Command: "switch", Who: "ann@laptop", PID: 7}

func TestALockThatIsTaken(t *testing.T) {
	f, l := store()
	f.take = func(_ json.RawMessage, wait time.Duration, _ func(error)) (*swarm.Lease, error) {
		assert.Equal(t, wait, time.Minute)
		who, err := json.Marshal(ann)
		assert.NilError(t, err)
		return nil, &swarm.TakenError{Holder: who}
	}
	err := l.Acquire(t.Context(), switcher.Holder{Who: "bob"}, time.Minute)
	var locked *switcher.LockedError
	assert.Assert(t, errors.As(err, &locked), "%v", err)
	assert.Equal(t, locked.Project, "shop")
	assert.DeepEqual(t, locked.Holder, ann)
	_, err = l.Epoch()
	assert.Error(t, err, "the lock is not held")
	assert.NilError(t, l.Close(), "there is nothing to free")
}

func TestASwarmThatGivesNoLock(t *testing.T) {
	f, l := store()
	f.take = func(json.RawMessage, time.Duration, func(error)) (*swarm.Lease, error) {
		return nil, errors.New("the swarm does not have a leader")
	}
	var failed *switcher.ProxyError
	assert.Assert(t, errors.As(l.Acquire(t.Context(), ann, 0), &failed))
	assert.Equal(t, failed.Doing, "take the lock")
}

// All lines of a command share its lock; whoever lost it commits nothing.
func TestALockThatIsLost(t *testing.T) {
	f := &fakeSwarm{}
	var lose func(error)
	f.take = func(holder json.RawMessage, _ time.Duration, lost func(error)) (*swarm.Lease, error) {
		lose = lost
		f.holder = holder
		return &swarm.Lease{}, nil
	}
	door := NewDoor(f, "shop", nil)
	l, other := door.Open("lb", true), door.Open("lb", true)
	assert.NilError(t, l.Acquire(t.Context(), ann, 0))
	for _, line := range []*Line{l, other} {
		_, err := line.Epoch()
		assert.NilError(t, err)
	}
	now, err := other.Held(t.Context())
	assert.NilError(t, err)
	assert.DeepEqual(t, *now, ann)
	assert.NilError(t, other.Close(), "who did not take it does not free it")

	lose(&swarm.LostError{Epoch: 1})
	for _, line := range []*Line{l, other} {
		_, err := line.Epoch()
		var lost *swarm.LostError
		assert.Assert(t, errors.As(err, &lost), "%v", err)
	}
}

func TestARaceThatIsLost(t *testing.T) {
	_, l := store()
	other := errors.New("anything else")
	assert.Equal(t, l.Raced(other), other)
	assert.NilError(t, l.Raced(nil))
	for _, cause := range []error{fmt.Errorf("the label: %w", swarm.ErrChanged), &swarm.LostError{Epoch: 3}} {
		err := l.Raced(cause)
		var lost *switcher.LockLostError
		assert.Assert(t, errors.As(err, &lost), "%v", err)
		assert.Equal(t, lost.Project, "shop")
		assert.ErrorIs(t, err, cause, "the cause is not swallowed")
	}
}

func TestAHolderThatSaysNothingOfItself(t *testing.T) {
	f, l := store()
	f.holder = json.RawMessage(`"?"`)
	now, err := l.Held(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, now.Who, "someone")
	f.holder = nil
	now, err = l.Held(t.Context())
	assert.NilError(t, err)
	assert.Assert(t, now == nil)
}
