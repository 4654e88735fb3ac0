package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// held is the lease of a command, once it has one.
type held struct {
	mu    sync.Mutex
	lease *swarm.Lease
	lost  error
}

// Lock is a project's lock: a lease that its holder renews.
type Lock struct {
	swarm   Swarm
	errors  session.Errors
	project string
	held    *held
	mine    bool // this line took it
}

// farewell bounds the freeing of the lock.
const farewell = 5 * time.Second

// Acquire implements switcher.Lock.
func (l *Lock) Acquire(ctx context.Context, holder switcher.Holder, wait time.Duration) error {
	who, err := json.Marshal(holder)
	if err != nil {
		return err
	}
	lease, err := l.swarm.Take(ctx, who, wait, l.held.lose)
	var taken *swarm.TakenError
	if errors.As(err, &taken) {
		return &switcher.LockedError{Project: l.project, Holder: parseHolder(taken.Holder)}
	}
	if swarm.Unsettled(err) {
		err = fmt.Errorf("nothing was changed: %w", err)
	}
	if err != nil {
		return l.errors.Wrap("take the lock", err)
	}
	l.held.mu.Lock()
	defer l.held.mu.Unlock()
	l.held.lease, l.mine = lease, true
	return nil
}

// lose notes that the lock has gone to another command.
func (h *held) lose(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lost = err
}

// Epoch is the number by which what is committed is known to be this command's.
// Without a held lock nothing may be committed.
func (l *Lock) Epoch() (int, error) {
	l.held.mu.Lock()
	defer l.held.mu.Unlock()
	switch {
	case l.held.lost != nil:
		return 0, l.held.lost
	case l.held.lease == nil:
		return 0, errors.New("the lock is not held")
	default:
		return l.held.lease.Epoch(), nil
	}
}

// Raced makes a *switcher.LockLostError of a race that was lost against another
// command, or of the loss of the lock to one.
func (l *Lock) Raced(err error) error {
	var lost *swarm.LostError
	if !errors.Is(err, swarm.ErrChanged) && !errors.As(err, &lost) {
		return err
	}
	return &switcher.LockLostError{Project: l.project, Err: err}
}

// Held implements switcher.Lock.
func (l *Lock) Held(ctx context.Context) (*switcher.Holder, error) {
	who, err := l.swarm.Holder(ctx)
	if err != nil || who == nil {
		return nil, l.errors.Wrap("ask who holds the lock", err)
	}
	holder := parseHolder(who)
	return &holder, nil
}

// free gives the lock back, if this line took it.
func (l *Lock) free() error {
	if !l.mine {
		return nil
	}
	l.held.mu.Lock()
	lease := l.held.lease
	l.held.lease = nil
	l.held.mu.Unlock()
	if lease == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	return lease.Free(ctx)
}

func parseHolder(text json.RawMessage) switcher.Holder {
	var h switcher.Holder
	if json.Unmarshal(text, &h) != nil || h.Who == "" {
		return switcher.Holder{Who: "someone", Command: "a command", Since: time.Now()}
	}
	return h
}
