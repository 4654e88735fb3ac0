package haproxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/cluster"
)

// Routing implements switcher.Proxy: it is a label of the proxy's service.
func (f *fleet) Routing(ctx context.Context) (*switcher.Routing, error) {
	const doing = "read which colour is active"
	labels, err := f.Swarm.ProxyLabels(ctx)
	text := labels[swarm.RoutingLabel]
	if err != nil || text == "" {
		return nil, f.Errors.Wrap(doing, err)
	}
	var r switcher.Routing
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return nil, f.Errors.Wrap(doing, fmt.Errorf("the label %s is damaged: %w", swarm.RoutingLabel, err))
	}
	if active := labels[swarm.ActiveLabel]; active != formatSplit(r.Traffic()) {
		return nil, f.Errors.Wrap(doing, fmt.Errorf("the label %s says %s, and %s says %s", swarm.RoutingLabel, formatSplit(r.Traffic()), swarm.ActiveLabel, active))
	}
	return &r, nil
}

// Live implements switcher.Proxy: whom the instances serve. Where they do not
// agree, it is what the first one serves that differs from the label.
func (f *fleet) Live(ctx context.Context) (switcher.Traffic, error) {
	const doing = "ask which colour it serves"
	labels, err := f.Swarm.ProxyLabels(ctx)
	if err != nil {
		return switcher.Traffic{}, f.Errors.Wrap(doing, err)
	}
	path, err := f.path(ctx, routingFile)
	if err != nil {
		return switcher.Traffic{}, f.Errors.Wrap(doing, err)
	}
	said, err := f.ask(ctx, askWhom(path))
	if err != nil {
		return switcher.Traffic{}, f.Errors.Wrap(doing, err)
	}
	var served switcher.Traffic
	for _, r := range said {
		if served, err = servedBy(r.text); err != nil {
			return served, f.Errors.Wrap(doing, fmt.Errorf("on %s: %w", r.node, err))
		}
		if formatSplit(served) != labels[swarm.ActiveLabel] {
			break
		}
	}
	return served, nil
}

// servedBy reads whom an instance serves: what it was told, else what it found in
// its environment.
func servedBy(said string) (switcher.Traffic, error) {
	if strings.Contains(said, " "+mapKey+" ") {
		return parseFleetMap(said)
	}
	value, found := fromEnvironment(said)
	if !found {
		return switcher.Traffic{}, fmt.Errorf("it says neither by its map nor by its environment whom it serves: %q", strings.TrimSpace(said))
	}
	return parseSplit(value)
}

// parseFleetMap reads the answer to "show map" of an instance. Where an answer was
// lost the key may have been added twice; "set map" sets all of a key, so that the
// two say the same.
func parseFleetMap(said string) (switcher.Traffic, error) {
	var lines []string
	seen := map[string]bool{}
	for line := range strings.Lines(said) {
		if words := strings.Fields(line); len(words) == 3 && words[1] == mapKey {
			if seen[words[2]] {
				continue
			}
			seen[words[2]] = true
		}
		lines = append(lines, line)
	}
	return parseMap(strings.Join(lines, ""))
}

// Commit implements switcher.Proxy. First each instance has to answer and to have
// the backends; then the label is changed, which is the commit; then each is told
// and read back. Instances that were about to start meanwhile may have read the
// former label, so they are waited for.
func (f *fleet) Commit(ctx context.Context, r switcher.Routing) error {
	doing := "make " + mapValue(r.Active) + " active"
	if r.Canary > 0 {
		doing = fmt.Sprintf("send %d%% of the visitors to %s", r.Canary, r.Active.Other())
	}
	return f.Errors.Wrap(doing, f.commit(ctx, r))
}

func (f *fleet) commit(ctx context.Context, r switcher.Routing) error {
	path, err := f.path(ctx, routingFile)
	if err != nil {
		return err
	}
	if f.Running {
		if err := f.prepare(ctx, r.Traffic(), path); err != nil {
			return err
		}
	}
	if err := f.label(ctx, r); err != nil {
		return err
	}
	if !f.Running {
		return nil
	}
	shown := f.show(ctx, r.Traffic(), path)
	if err := f.yield(ctx, formatSplit(r.Traffic()), path); err != nil {
		return err
	}
	if shown != nil {
		return fmt.Errorf("the Swarm has recorded it, and not each instance serves it yet: %w", shown)
	}
	return nil
}

// yield finds whether the label is still what was committed. Who stood still for
// long before telling the instances may have told them what another command has
// replaced meanwhile: then they are told what the label says now, and the lock
// is lost.
func (f *fleet) yield(ctx context.Context, committed, path string) error {
	for told := committed; ; {
		labels, err := cluster.Settled(ctx, f.Swarm.ProxyLabels)
		if err != nil {
			return err
		}
		now := labels[swarm.ActiveLabel]
		if now == told {
			break
		}
		t, err := parseSplit(now)
		if err != nil {
			return err
		}
		if err := f.show(ctx, t, path); err != nil {
			return err
		}
		told = now
	}
	if _, err := f.Epoch(); err != nil {
		return f.Raced(err)
	}
	return nil
}

// prepare finds whether each instance could serve it, before anything changes.
func (f *fleet) prepare(ctx context.Context, t switcher.Traffic, path string) error {
	m, err := f.Model(ctx)
	if err != nil {
		return err
	}
	said, err := f.ask(ctx, "show backend;show map "+path)
	if err != nil {
		return err
	}
	for _, r := range said {
		has := parseBackends(r.text)
		for _, colour := range compose.Colours() {
			if !t.Reaches(colour) {
				continue
			}
			for _, name := range wantedBackends(m, colour, has) {
				if !slices.Contains(has, name) {
					return fmt.Errorf("on %s: its settings have no backend %s", r.node, name)
				}
			}
		}
	}
	return nil
}

// label is the commit: compare-and-swap of the label, so that of two commands
// one fails, and nothing is overwritten unseen.
func (f *fleet) label(ctx context.Context, r switcher.Routing) error {
	epoch, err := f.Epoch()
	if err != nil {
		return f.Raced(err)
	}
	former, err := f.Swarm.ProxyLabels(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	expected := map[string]string{swarm.RoutingLabel: former[swarm.RoutingLabel], swarm.ActiveLabel: former[swarm.ActiveLabel]}
	return f.Raced(f.Swarm.SetLabels(ctx, epoch, expected, map[string]string{
		swarm.RoutingLabel: string(text), swarm.ActiveLabel: formatSplit(r.Traffic()),
	}))
}

// Note implements switcher.Proxy.
func (f *fleet) Note(ctx context.Context, r switcher.Routing) error {
	return f.Errors.Wrap("note the state of the release", f.label(ctx, r))
}

// starting is how long an instance may take to start that may have read the
// former label.
const starting = 15 * time.Second

// show tells each instance, until none is left that may serve something else.
func (f *fleet) show(ctx context.Context, t switcher.Traffic, path string) error {
	began := time.Now()
	told := map[string]bool{}
	var times []time.Time
	for end := began.Add(starting); ; {
		instances, active, err := f.look(ctx)
		if err != nil {
			return err
		}
		if active != formatSplit(t) {
			return nil // another command has committed something else: see yield
		}
		next, late := untold(instances, told)
		switch {
		case len(next) > 0:
			answers, err := f.showThese(ctx, next, t, path)
			// Nobody among those that came later is nothing to be told.
			nobody := errors.Is(err, cluster.ErrNobody) && len(told) > 0
			if err != nil && !nobody {
				return err
			}
			for _, a := range answers {
				times = append(times, a.At)
			}
			for _, i := range next {
				told[i.ID] = true
			}
			continue // look whether others have come
		case len(late) == 0:
			f.reportSpread(began, times)
			return nil
		case time.Now().After(end):
			return fmt.Errorf("its instance on %s does not start (%s), and may have read the former colour", late[0].Node, late[0].Status)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// untold are the instances that have not been told yet, and those that cannot be
// told before they have started.
func untold(instances []compose.Instance, told map[string]bool) (next, late []compose.Instance) {
	for _, i := range instances {
		switch {
		case told[i.ID]:
		case i.State == compose.InstanceStarting:
			late = append(late, i)
		default:
			next = append(next, i)
		}
	}
	return next, late
}

// look lists the instances, and reads what the label says.
func (f *fleet) look(ctx context.Context) (instances []compose.Instance, active string, err error) {
	group, asking := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		instances, err = cluster.Settled(asking, f.Swarm.Instances)
		return err
	})
	group.Go(func() error {
		labels, err := cluster.Settled(asking, f.Swarm.ProxyLabels)
		active = labels[swarm.ActiveLabel]
		return err
	})
	err = group.Wait()
	return instances, active, err
}

// showThese sets the value of instances and reads it back. "set map" knows no key
// in the map of an instance that was told nothing since it started.
func (f *fleet) showThese(ctx context.Context, instances []compose.Instance, t switcher.Traffic, path string) ([]cluster.Answer, error) {
	value := formatSplit(t)
	set := fmt.Sprintf("set map %s %s %s;show map %s", path, mapKey, value, path)
	answers, err := f.AskThese(ctx, instances, controlPort, func(compose.Instance) string { return set })
	if err != nil {
		return nil, err
	}
	var fresh []compose.Instance
	for _, a := range answers {
		if strings.Contains(a.Text, "entry not found") || !strings.Contains(a.Text, " "+mapKey+" ") {
			fresh = append(fresh, a.Instance)
		}
	}
	if len(fresh) > 0 {
		add := fmt.Sprintf("add map %s %s %s;show map %s", path, mapKey, value, path)
		added, err := f.AskThese(ctx, fresh, controlPort, func(compose.Instance) string { return add })
		// Nobody that answers among some of them is nothing to be told.
		nobody := errors.Is(err, cluster.ErrNobody) && len(fresh) < len(answers)
		if err != nil && !nobody {
			return nil, err // else those were lost between the two questions, and the others answered
		}
		answers = slices.DeleteFunc(answers, func(a cluster.Answer) bool {
			return slices.ContainsFunc(fresh, func(i compose.Instance) bool { return i.ID == a.Instance.ID })
		})
		answers = append(answers, added...)
	}
	for _, a := range answers {
		served, err := parseFleetMap(a.Text)
		if err == nil && served != t {
			err = fmt.Errorf("it still serves %s", served)
		}
		if err != nil {
			return nil, fmt.Errorf("on %s: %w", a.Instance.Node, err)
		}
	}
	return answers, nil
}

// reportSpread tells how far apart the instances changed.
func (f *fleet) reportSpread(began time.Time, times []time.Time) {
	if len(times) == 0 {
		return
	}
	first, last := slices.MinFunc(times, time.Time.Compare), slices.MaxFunc(times, time.Time.Compare)
	f.Report.Report(compose.Event{
		Step: "commit", Subject: f.Errors.Proxy, Status: compose.Done, Ready: len(times), Wanted: len(times),
		Text: fmt.Sprintf("%d instances, %d ms apart", len(times), last.Sub(first).Milliseconds()),
		Figures: map[string]int64{
			"instances": int64(len(times)), "spreadMs": last.Sub(first).Milliseconds(), "shownMs": last.Sub(began).Milliseconds(),
		},
	})
}
