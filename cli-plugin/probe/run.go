package probe

import (
	"context"
	"sync"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// page is one that is asked for on several lines.
type page struct {
	lines []*line
	tally tally
	// tells tells that an answer names the colour that gave it.
	tells bool
}

// ask asks for the page on a line, and counts what comes of it. A request that
// nobody waits for any more counts for nothing.
func (g *page) ask(ctx context.Context, l *line) (a answer, good bool) {
	a, err := l.ask(ctx, patiently)
	if err == nil {
		err = a.lost(g.tells)
	}
	switch {
	case err == nil:
		g.tally.good(a)
	case ctx.Err() == nil:
		g.tally.missed(a.at, err)
	}
	return a, err == nil
}

func (g *page) close() {
	for _, l := range g.lines {
		l.close()
	}
}

// run is a probe under way.
type run struct {
	to      compose.Colour
	pages   []*page
	leftOut string
	began   time.Time

	once    sync.Once
	moved   chan struct{} // is closed when the change has been made
	movedAt time.Time     // may be read once moved is closed
	cancel  context.CancelFunc
	asking  sync.WaitGroup
}

// start asks on all lines at once, each of a page at its turn.
func (r *run) start(ctx context.Context) {
	ctx, r.cancel = context.WithCancel(ctx)
	r.began = time.Now()
	for _, g := range r.pages {
		for i, l := range g.lines {
			r.asking.Go(func() { r.askOn(ctx, g, l, time.Duration(i)*interval) })
		}
	}
}

// askOn asks for a page on a line until the probe is over.
func (r *run) askOn(ctx context.Context, g *page, l *line, wait time.Duration) {
	moved, settled := r.moved, false
	for !settled || time.Since(r.movedAt) < moment {
		select {
		case <-ctx.Done():
			return
		case <-moved:
			moved = nil // now, and from now on in turn
		case <-time.After(wait):
		}
		wait = interval * time.Duration(len(g.lines))
		if a, good := g.ask(ctx, l); good {
			settled = settled || moved == nil && (a.colour == r.to || !g.tells)
		}
		if moved == nil && time.Since(r.movedAt) > limit {
			return
		}
	}
}

// Moved implements switcher.Probing.
func (r *run) Moved() {
	r.once.Do(func() {
		r.movedAt = time.Now()
		close(r.moved)
	})
}

// End implements switcher.Probing.
func (r *run) End(ctx context.Context) switcher.Probe {
	moved := true
	select {
	case <-r.moved:
	default:
		moved = false
		r.cancel()
	}
	defer context.AfterFunc(ctx, r.cancel)()
	r.asking.Wait()
	r.cancel()
	if moved {
		r.lookAgain(ctx)
	}
	for _, g := range r.pages {
		g.close()
	}
	return r.sum()
}

// lookAgain asks for each page once more: the traffic moved a while ago, and
// what took it may have died since, while the former colour was drained.
func (r *run) lookAgain(ctx context.Context) {
	var looking sync.WaitGroup
	for _, g := range r.pages {
		g.tally.pause()
		looking.Go(func() { g.ask(ctx, g.lines[0]) })
	}
	looking.Wait()
}

// sum is what was seen of all pages.
func (r *run) sum() switcher.Probe {
	p := switcher.Probe{LeftOut: r.leftOut}
	var first, last time.Time
	for _, g := range r.pages {
		t := &g.tally
		p.Sent += t.sent
		p.Lost += t.lost
		p.LongestGap = max(p.LongestGap, t.gap.Milliseconds())
		if p.Why == "" {
			p.Why = t.why
		}
		if at := t.first[r.to]; !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
		if at := t.last[r.to.Other()]; at.After(last) {
			last = at
		}
	}
	p.FirstNew, p.LastOld = r.since(first), r.since(last)
	return p
}

// since is a time in milliseconds after the probe began; nil for none.
func (r *run) since(at time.Time) *int64 {
	if at.IsZero() {
		return nil
	}
	n := at.Sub(r.began).Milliseconds()
	return &n
}
