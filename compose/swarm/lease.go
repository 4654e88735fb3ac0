package swarm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// The lock of a project is a lease: a record that its holder writes anew every
// beat. Whoever wants it watches: one that does not change for silence is that
// of a holder that is gone. No clocks are compared, only how long a version
// stays is measured, as Kubernetes' leader election does.
//
// A holder that was cut off and comes back must not go on. Its number (Epoch)
// is lower than that of who took over, and what is committed carries the
// number: an older one is refused there (see SetLabels).
const (
	leaseRecord = "lock"
	beat        = time.Second
	silence     = 5 * beat
)

// lease is the record's value. Holder is empty while nobody holds it.
type lease struct {
	Epoch  int             `json:"epoch"`
	Beat   int             `json:"beat"`
	Holder json.RawMessage `json:"holder,omitempty"`
}

// Lease is a held lock.
type Lease struct {
	engine *Engine
	held   lease
	stop   func()
	beats  chan struct{} // closed when the last beat has ended
	record Record
}

// TakenError tells that another command holds the lock, and what it wrote.
type TakenError struct{ Holder json.RawMessage }

func (e *TakenError) Error() string { return "the lock is held: " + string(e.Holder) }

// LostError tells that the lock went to another command, since this one gave no
// sign of life.
type LostError struct{ Epoch int }

func (e *LostError) Error() string {
	return "the lock went to another command, because this one could not reach the Swarm for too long"
}

// Holder is what the holder of the lock has written; nil when it is free.
func (e *Engine) Holder(ctx context.Context) (json.RawMessage, error) {
	r, err := e.Record(ctx, leaseRecord)
	if err != nil {
		return nil, err
	}
	l, err := parseLease(r.Value)
	return l.Holder, err
}

func parseLease(value string) (l lease, err error) {
	if value == "" {
		return l, nil
	}
	if err := json.Unmarshal([]byte(value), &l); err != nil {
		return l, fmt.Errorf("the record of the lock is damaged: %w", err)
	}
	return l, nil
}

// Take takes the lock, waiting up to wait for another holder to end, else it is
// a *TakenError. A holder that gives no sign of life for silence is gone,
// whatever wait says. lost is called when the lock has gone to another command.
func (e *Engine) Take(ctx context.Context, holder json.RawMessage, wait time.Duration, lost func(error)) (*Lease, error) {
	for end := time.Now().Add(wait); ; {
		l, err := e.tryTake(ctx, holder)
		var taken *TakenError
		switch {
		case err == nil:
			e.patience.holds.Store(true)
			l.keep(ctx, lost)
			return l, nil
		case errors.Is(err, ErrChanged): // another command was quicker
		case errors.As(err, &taken) && time.Now().Before(end):
		default:
			return nil, err
		}
	}
}

// tryTake takes the lock if it is free, or its holder is gone.
func (e *Engine) tryTake(ctx context.Context, holder json.RawMessage) (*Lease, error) {
	r, err := e.Record(ctx, leaseRecord)
	if err != nil {
		return nil, err
	}
	former, err := parseLease(r.Value)
	if err != nil {
		return nil, err
	}
	if r.id == "" { // it may have been removed by hand
		if former.Epoch, err = e.lastEpoch(ctx); err != nil {
			return nil, err
		}
	}
	if former.Holder != nil {
		gone, err := e.gone(ctx, r)
		if err != nil {
			return nil, err
		}
		if !gone {
			return nil, &TakenError{former.Holder}
		}
	}
	return e.seize(ctx, r, lease{Epoch: former.Epoch + 1, Holder: holder}, former.Holder != nil)
}

// gone watches whether the holder gives a sign of life.
func (e *Engine) gone(ctx context.Context, seen Record) (bool, error) {
	for end := time.Now().Add(silence); time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(beat / 2):
		}
		now, err := e.record(ctx, leaseRecord) // an election is no sign of death
		if err != nil {
			return false, err
		}
		if now.version != seen.version || now.id != seen.id {
			return false, nil
		}
	}
	return true, nil
}

// seize writes the lease. Where that takes it from another holder, what is
// committed learns of the new number first.
func (e *Engine) seize(ctx context.Context, former Record, l lease, fence bool) (*Lease, error) {
	value, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	r, err := e.Replace(ctx, leaseRecord, former, string(value))
	if err != nil {
		return nil, err
	}
	if fence {
		if err := e.fence(ctx, l.Epoch); err != nil {
			return nil, err
		}
	}
	return &Lease{engine: e, held: l, record: r, beats: make(chan struct{})}, nil
}

// keep writes the lease anew every beat, until it is freed or lost.
func (l *Lease) keep(ctx context.Context, lost func(error)) {
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(l.beats)
		ticker := time.NewTicker(beat)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			// A Swarm without a leader answers nobody: then nobody takes the lock.
			if err := l.write(ctx, l.held.Holder); errors.Is(err, ErrChanged) && !l.ours(ctx) {
				lost(&LostError{l.held.Epoch})
				return
			}
		}
	}()
}

// write gives the lease another beat.
func (l *Lease) write(ctx context.Context, holder json.RawMessage) error {
	l.held.Beat++
	l.held.Holder = holder
	value, err := json.Marshal(l.held)
	if err != nil {
		return err
	}
	r, err := l.engine.Replace(ctx, leaseRecord, l.record, string(value))
	if err == nil {
		l.record = r
	}
	return err
}

// ours tells that the record is still this holder's: an answer may have been
// lost, and the write was done. What cannot be read is not lost yet.
func (l *Lease) ours(ctx context.Context) bool {
	r, err := l.engine.Record(ctx, leaseRecord)
	if err != nil {
		return true
	}
	now, err := parseLease(r.Value)
	if err != nil || now.Epoch != l.held.Epoch {
		return false
	}
	l.record = r
	return true
}

// Epoch is the number of this holder of the lock.
func (l *Lease) Epoch() int { return l.held.Epoch }

// Free gives the lock back.
func (l *Lease) Free(ctx context.Context) error {
	l.stop()
	<-l.beats
	err := l.write(ctx, nil)
	if errors.Is(err, ErrChanged) && l.ours(ctx) {
		err = l.write(ctx, nil)
	}
	if errors.Is(err, ErrChanged) {
		return nil // it is another one's
	}
	return err
}
