package haproxy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

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
		labels, err := f.Swarm.ProxyLabels(ctx)
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
