package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Lock is a project's lock: flock(2) on a file of the proxy's volume, held by
// the session's agent. It implements switcher.Lock.
type Lock struct {
	Session *Session
	Errors  Errors
	Project string
}

// Acquire implements switcher.Lock. It waits whole seconds.
func (l *Lock) Acquire(ctx context.Context, holder switcher.Holder, wait time.Duration) error {
	who, err := json.Marshal(holder)
	if err != nil {
		return err
	}
	seconds := int(math.Ceil(wait.Seconds()))
	_, err = l.Session.requestFor(ctx, wait+patience, fmt.Sprintf("lock %d %s", seconds, who), "")
	var refusal *AgentError
	if errors.As(err, &refusal) && refusal.Code == Locked {
		return &switcher.LockedError{Project: l.Project, Holder: parseHolder(refusal.Text)}
	}
	return l.Errors.Wrap("take the lock", err)
}

// Held implements switcher.Lock.
func (l *Lock) Held(ctx context.Context) (*switcher.Holder, error) {
	a, err := l.Session.request(ctx, "held", "")
	if err != nil {
		return nil, l.Errors.Wrap("ask who holds the lock", err)
	}
	if a.result == "free" {
		return nil, nil
	}
	holder := parseHolder(a.text())
	return &holder, nil
}

// parseHolder makes the best of what the holder has written: the lock itself
// is the truth, and whoever took it an instant ago may not have signed yet.
func parseHolder(text string) switcher.Holder {
	var h switcher.Holder
	if json.Unmarshal([]byte(text), &h) != nil || h.Who == "" {
		return switcher.Holder{Who: "someone", Command: "a command", Since: time.Now()}
	}
	return h
}
