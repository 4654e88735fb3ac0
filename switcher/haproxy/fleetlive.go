package haproxy

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
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
