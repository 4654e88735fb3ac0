package switcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The proxy's counters are read that often: they have no events. A short watch
// looks more often. Figures are shown told times in all.
const (
	lookEach  = time.Second
	leastLook = 10
	told      = 6
)

// prepareBake finds how the command is to watch, and begins to follow the
// counts, so that all that the command takes before its switch is part of the
// baseline. What the proxy lacks for it is an error now, when nothing has
// changed.
func (v *visit) prepareBake(ctx context.Context, m *compose.Model, asked *time.Duration) error {
	if m == nil {
		return nil // nothing runs yet
	}
	limits := m.Bake.Complete()
	if asked != nil {
		limits.Time = *asked
	}
	v.bake = limits
	if limits.Time == 0 || v.line == nil || !v.state.ProxyRunning || v.state.Model == nil {
		return nil // what then comes up is the first, and no switch
	}
	running := *v.state.Model
	if err := v.line.Countable(ctx, running); err != nil {
		return err
	}
	var err error
	v.base, err = v.track(ctx, running)
	return err
}

// observeCounters finds that a running proxy with generated settings counts
// nothing.
func (v *visit) observeCounters(ctx context.Context, m compose.Model) error {
	if !v.state.ProxyRunning || !m.Proxy.Generated {
		return nil
	}
	err := v.line.Countable(ctx, m)
	if _, lacks := errors.AsType[*compose.InvalidError](err); lacks {
		v.state.Uncounted = true
		return nil
	}
	return err
}

// lacksCounters says that a proxy has to be replaced for its counters; "" for
// no.
func lacksCounters(s State) string {
	if !s.ProxyRunning || !s.Uncounted {
		return ""
	}
	return "it was started without the counters by which a release is watched"
}

// baseline watches the active colour for long enough.
func (r *runner) baseline(ctx context.Context, s Step) error {
	if r.base == nil {
		return errors.New("nothing has been counted from the beginning")
	}
	if rest := s.Watch.For - time.Since(r.base.began); rest > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rest):
		}
	}
	if err := r.base.look(ctx, r.visit, r.model); err != nil {
		return err
	}
	r.outcome = r.base.of(s.Colour).together().summary()
	return nil
}

// watching is a bake under way.
type watching struct {
	Step
	*tracker
	*guard
	// other is what the other colour showed before.
	other Sample
	named string
}

// bakeColour watches a colour until its time is over, or until it is surely too
// bad. Then the traffic goes back: *RolledBackError.
func (r *runner) bakeColour(ctx context.Context, s Step) error {
	counts, err := r.track(ctx, r.model)
	if err != nil {
		return &UnwatchedError{Colour: s.Colour, Err: err}
	}
	w := watching{Step: s, tracker: counts, guard: r.guard(ctx, s.Colour), named: fmt.Sprintf("%s before", s.Watch.Against)}
	defer w.end()
	switch {
	case s.Watch.Beside:
		w.named = string(s.Watch.Against)
	case s.Watch.Against == "" || r.base == nil:
		w.named = "the former colour"
	default:
		w.other = r.base.of(s.Watch.Against)
	}
	why, failures, err := r.watch(ctx, w)
	switch {
	case err != nil:
		return &UnwatchedError{Colour: s.Colour, Err: err}
	case len(why) > 0:
		return r.goBack(ctx, w, why, failures)
	}
	b := w.baked()
	b.Result = BakeGood
	if !enough(s.Watch.Limits, w.now()) {
		b.Result = BakeUnjudged
		r.warned = true
		r.report(s, compose.Warning, b.String())
	}
	r.outcome, r.baked = b.String(), &b
	return nil
}

func (w watching) now() Sample { return w.of(w.Colour) }

func (w watching) against() rival {
	if w.Watch.Beside {
		return rival{w.of(w.Watch.Against), w.named, true}
	}
	return rival{w.other, w.named, false}
}

func (w watching) baked() Baked {
	return bakedOf(w.Colour, time.Since(w.began), w.now(), w.against().Sample)
}

func (w watching) judge(sure confidence) []string {
	return judge(w.Watch.Limits, w.now(), w.against(), sure)
}

// watch blocks until the time is over, the colour is too bad, or ctx ends.
// Containers that end or become unhealthy are heard of as it happens.
func (r *runner) watch(ctx context.Context, w watching) (why []string, failures []compose.Failure, err error) {
	each := min(lookEach, w.Watch.For/leastLook)
	ticker := time.NewTicker(max(each, glance))
	defer ticker.Stop()
	end := time.After(w.Watch.For)
	shown := time.Now()
	for {
		sure := meanwhile
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case heard := <-w.fallen:
			return w.tell(heard)
		case <-end:
			sure = atTheEnd
		case <-ticker.C:
		}
		if err := r.lookAgain(ctx, w); err != nil {
			return nil, nil, err
		}
		if why := w.judge(sure); len(why) > 0 || !sure.early {
			return why, nil, nil
		}
		if time.Since(shown) >= max(w.Watch.For/told, lookEach) {
			shown = time.Now()
			r.report(w.Step, compose.Working, w.now().together().summary())
		}
	}
}

// lookAgain reads the counts. A proxy whose container was restarted meanwhile is
// entered again.
func (r *runner) lookAgain(ctx context.Context, w watching) error {
	err := w.look(ctx, r.visit, r.model)
	if err == nil || ctx.Err() != nil {
		return err
	}
	again, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	if r.answering(again, r.model.Proxy.Service) != nil {
		return err
	}
	return w.look(ctx, r.visit, r.model)
}

// goBack has the traffic go back. It is no matter for a Ctrl-C any more.
func (r *runner) goBack(ctx context.Context, w watching, why []string, failures []compose.Failure) error {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), settle+r.patience.Drain)
	defer cancel()
	b := w.baked()
	b.Result, b.Why = BakeBad, why
	r.baked = &b
	r.report(w.Step, compose.Warning, b.String())
	to := w.Watch.Back[0].Colour
	left := r.able(own, to)
	if left == nil {
		left = r.run(own, Plan{Steps: w.Watch.Back})
	}
	if r.state.Traffic() != w.Watch.Back[0].Routing.Traffic() {
		return &StrandedError{Baked: b, Failures: failures, Err: left}
	}
	if err := w.look(own, r.visit, r.model); err == nil { // what was answered until then
		last := w.baked()
		b.Pairs, b.Watched = last.Pairs, last.Watched
	}
	if more, fallen := w.late(); len(fallen) > 0 {
		b.Why, failures = append(b.Why, more...), fallen
	}
	return &RolledBackError{To: to, Baked: b, Failures: failures, Left: left}
}

// able refuses a colour of which nothing could take the traffic.
func (r *runner) able(ctx context.Context, c compose.Colour) error {
	if err := r.observeContainers(ctx); err != nil {
		return err
	}
	for _, service := range r.model.Services(c) {
		if !slices.ContainsFunc(r.state.Of(service), compose.Container.Ready) {
			return &NotReadyError{Colour: c, Why: []string{"no container of " + service + " is ready"}}
		}
	}
	return nil
}
