package haproxy

import (
	"context"
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
		instances, err = f.Swarm.Instances(asking)
		return err
	})
	group.Go(func() error {
		labels, err := f.Swarm.ProxyLabels(asking)
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
