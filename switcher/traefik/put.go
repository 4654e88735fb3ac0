package traefik

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// put replaces the routes file and returns when the running Traefik has taken
// it, all of it, and answers accordingly. When it does not, the former file is
// put back, so that the durable routing and the live one agree again.
func (c *control) put(ctx context.Context, t table) error {
	m, err := c.recorded(ctx)
	if err != nil {
		return err
	}
	return c.putFor(ctx, m, t)
}

// putFor does so with the routes of a model that is not recorded yet.
func (c *control) putFor(ctx context.Context, m compose.Model, t table) error {
	e, err := c.entries(ctx, m)
	if err != nil {
		return err
	}
	path, copied := m.Proxy.RoutesPath(), c.Session.Path(replicasFile)
	contents, err := c.Session.Read(ctx, append(certificateFiles(m), path, copied)...)
	if err != nil {
		return err
	}
	if t.Certificates, err = fingerprints(m, contents); err != nil {
		return err
	}
	token, err := c.token(ctx)
	if err != nil {
		return err
	}
	former, existed := contents[path]
	if c.Running && existed {
		if err := c.leaveOutSick(ctx, m, &t); err != nil {
			return err
		}
	}
	text, revision, err := format(m, t, e, token)
	if err != nil || text == former {
		return err
	}
	if err := c.remember(ctx, t, contents[copied]); err != nil {
		return err
	}
	if err := c.Session.Place(ctx, path, text); err != nil || !c.Running {
		return err
	}
	refused := c.serves(ctx, m, t, former, revision)
	if refused == nil || !existed || ctx.Err() != nil {
		return refused
	}
	if err := c.Session.Place(ctx, path, former); err != nil {
		return errors.Join(refused, fmt.Errorf("restore the former routes: %w", err))
	}
	return refused
}

// serves returns when the running Traefik has taken a revision and answers by it.
func (c *control) serves(ctx context.Context, m compose.Model, t table, former, revision string) error {
	err := c.taken(ctx, m, t.Routing.Active, revision, revisionIn(former) == revision)
	if err == nil && moves(former, t) {
		err = c.answers(ctx, m, t.Routing.Active)
	}
	if err == nil && (t.Routing.Canary > 0 || m.Sticks()) {
		err = c.fair(ctx)
	}
	return err
}

// moves tells that a table has another active colour than a former file.
func moves(former string, t table) bool {
	before, err := parse(former)
	return err != nil || before.Routing.Active != t.Routing.Active
}

// taken returns when Traefik has taken a revision on every port. It may hold a
// change back for its throttle, and tells nobody when it has made it. Where the
// former file named the same revision, as after an edit by hand, faults may be
// the former file's, and are waited out.
func (c *control) taken(
	ctx context.Context, m compose.Model, active compose.Colour, revision string, ambiguous bool,
) error {
	ctx, cancel := context.WithTimeout(ctx, changeLimit)
	defer cancel()
	for {
		v, err := c.view(ctx)
		if err == nil && v.has(revision) {
			faults := v.faults()
			if len(faults) == 0 {
				return c.verify(ctx, m, active, func(session.Reply) bool { return true })
			}
			if err = (&faultError{faults}); !ambiguous {
				return err
			}
		}
		select {
		case <-ctx.Done():
			if err != nil {
				return err
			}
			return fmt.Errorf("it has not taken its new routes within %s (it must be Traefik 3.6 or later)", changeLimit)
		case <-time.After(changePoll):
		}
	}
}

// faultError is what Traefik found wrong with routes that it has taken.
type faultError struct{ faults []string }

func (e *faultError) Error() string { return "it rejects its routes: " + strings.Join(e.faults, "; ") }

// answers proves that the active colour does not only take requests but
// answers them well.
func (c *control) answers(ctx context.Context, m compose.Model, active compose.Colour) error {
	ctx, cancel := context.WithTimeout(ctx, changeLimit)
	defer cancel()
	return c.verify(ctx, m, active, session.Reply.Good)
}
