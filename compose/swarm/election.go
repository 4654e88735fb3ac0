package swarm

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Managers that have lost their leader choose another one. Until then they
// answer nobody, and whether what was written last is written, nobody knows.

// Unsettled tells that a Swarm could not say anything because it has no leader
// at the moment, or has just lost one. What was written may be written or not.
func Unsettled(err error) bool {
	if err == nil {
		return false
	}
	said := err.Error()
	return slices.ContainsFunc([]string{
		"does not have a leader", "no elected cluster leader", "lost quorum", "lost leader status", "raft proposal dropped",
		"code = Unavailable", "code = DeadlineExceeded", "code = Canceled desc = context canceled", "code = Aborted",
	}, func(cause string) bool { return strings.Contains(said, cause) })
}

// patience is how long a command waits for a leader. It is counted from the
// first refusal, which takes 20 s where a manager waits for the leader that is
// lost.
type patience struct {
	// before is for a command that has changed nothing yet, begun for one that
	// holds the lock: what is begun is not given up for an election.
	before, begun time.Duration
	holds         atomic.Bool
}

func newPatience() *patience { return &patience{before: 15 * time.Second, begun: time.Minute} }

func (p *patience) limit() time.Duration {
	if p.holds.Load() {
		return p.begun
	}
	return p.before
}

// election is one wait for a leader.
type election struct {
	*patience
	end time.Time // zero before the first refusal
}

// again blocks for a moment; false tells that it is time to give up.
func (w *election) again(ctx context.Context) bool {
	if w.end.IsZero() {
		w.end = time.Now().Add(w.limit())
	}
	if !time.Now().Before(w.end) {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(glance):
		return true
	}
}

// settled asks a question, again and again while nobody leads.
func settled[T any](ctx context.Context, e *Engine, ask func() (T, error)) (T, error) {
	waits := election{patience: e.patience}
	for {
		answer, err := ask()
		if !Unsettled(err) || !waits.again(ctx) {
			return answer, err
		}
	}
}
