package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// ErrNobody tells that no instance of the proxy was there to be asked.
var ErrNobody = errors.New("none of its instances runs")

// The times of asking instances. An answer takes milliseconds; a node that is
// lost is held for ready until the Swarm has missed some of its heartbeats
// (three of 5 s, swarmkit's dispatcher), and only then may its silence be passed
// over.
const (
	answering = 2 * time.Second
	patience  = 30 * time.Second
	glance    = 250 * time.Millisecond
)

// Answer is what one instance has said, and when.
type Answer struct {
	Instance compose.Instance
	Text     string
	At       time.Time
}

// SilentError tells that an instance on a node that the Swarm holds ready gave
// no answer.
type SilentError struct {
	Instance compose.Instance
	Err      error
}

func (e *SilentError) Error() string {
	return fmt.Sprintf("its instance on %s gives no answer: %v", e.Instance.Node, e.Err)
}

func (e *SilentError) Unwrap() error { return e.Err }

// Ask asks all instances that run at once, each the line that is made for it,
// and returns what they say, in the order of instances. Those on lost nodes are
// passed over, and told; so is one whose node the Swarm is not sure of, when it
// does not answer. The silence of another is a *SilentError, and when nobody
// answers it is ErrNobody.
func (l *Line) Ask(ctx context.Context, port int, line func(compose.Instance) string) ([]Answer, error) {
	instances, err := l.Swarm.Instances(ctx)
	if err != nil {
		return nil, err
	}
	return l.AskThese(ctx, instances, port, line)
}

// AskThese is Ask of instances that were seen.
func (l *Line) AskThese(ctx context.Context, instances []compose.Instance, port int, line func(compose.Instance) string) ([]Answer, error) {
	if _, err := l.Fan(ctx); err != nil {
		return nil, err
	}
	answers := make([]*Answer, len(instances))
	errs := make([]error, len(instances))
	var all sync.WaitGroup
	for i, instance := range instances {
		all.Go(func() {
			answers[i], errs[i] = l.persist(ctx, instance, func(ctx context.Context) (string, error) {
				fan, err := l.Fan(ctx)
				if err != nil {
					return "", err
				}
				return fan.Ask(ctx, instance.Address, port, line(instance))
			})
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	answers = slices.DeleteFunc(answers, func(a *Answer) bool { return a == nil })
	if len(answers) == 0 {
		return nil, ErrNobody
	}
	said := make([]Answer, 0, len(answers))
	for _, a := range answers {
		said = append(said, *a)
	}
	return said, nil
}

// persist asks one instance until it answers or need not be heard any more; nil
// is one of whom nothing is to be had.
func (l *Line) persist(ctx context.Context, i compose.Instance, ask func(context.Context) (string, error)) (*Answer, error) {
	for end := time.Now().Add(patience); ; {
		if i.State == compose.InstanceStarting || i.State == compose.InstanceLost || i.Address == "" {
			l.passOver(i)
			return nil, nil //nolint:nilnil // nothing is to be had of it
		}
		text, err := once(ctx, ask)
		if err == nil {
			return &Answer{Instance: i, Text: text, At: time.Now()}, nil
		}
		// That the way to it broke says nothing of the instance.
		if i.State == compose.InstanceUnsure && !errors.Is(err, session.ErrClosed) {
			l.passOver(i)
			return nil, nil //nolint:nilnil // nothing is to be had of it
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if time.Now().After(end) {
			return nil, &SilentError{i, err}
		}
		now, err := l.again(ctx, i)
		if err != nil {
			return nil, err
		}
		if now == nil {
			return nil, nil //nolint:nilnil // it is not wanted any more
		}
		i = *now
	}
}

// once bounds one question. An answer that says nothing is none: the proxy
// closed the connection.
func once(ctx context.Context, ask func(context.Context) (string, error)) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answering, fmt.Errorf("no answer for %s", answering))
	defer cancel()
	text, err := ask(ctx)
	if err == nil && strings.TrimSpace(text) == "" {
		return "", errors.New("it closed the connection without an answer")
	}
	return text, err
}

// again looks at an instance anew after a moment; nil is one that the Swarm
// does not want any more.
func (l *Line) again(ctx context.Context, i compose.Instance) (*compose.Instance, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(glance):
	}
	instances, err := l.Swarm.Instances(ctx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(instances, func(other compose.Instance) bool { return other.ID == i.ID })
	if at < 0 {
		return nil, nil //nolint:nilnil // it is not wanted any more
	}
	return &instances[at], nil
}

// passOver tells once of each instance that does not count.
func (l *Line) passOver(i compose.Instance) {
	if i.State == compose.InstanceStarting {
		return
	}
	if _, told := l.told.LoadOrStore(i.ID, true); told {
		return
	}
	l.Report.Report(compose.Event{
		Step: "proxy", Subject: i.Node, Status: compose.Warning,
		Text: "degraded: the Swarm has lost this node, so nothing is known of the proxy on it; when it is back the proxy starts anew, with the active colour",
	})
}
