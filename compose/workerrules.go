package compose

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// workers makes the model's workers of the twins that take no traffic.
func (b *builder) workers(found twins) []Worker {
	var workers []Worker
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if !b.isWorker(found, found[name]) {
			continue
		}
		w := Worker{Name: name, Services: map[Colour]string{}, Replicas: map[Colour]int{}, Terms: map[Colour]Terms{}}
		for colour, m := range found[name] {
			said := m.settings.Worker
			if said.Policy == "" {
				said.Policy = Overlap
			}
			w.Services[colour] = m.Name
			w.Replicas[colour] = m.GetScale()
			w.Terms[colour] = Terms{Policy: said.Policy, Signal: said.Signal, Limit: said.Limit, Restart: restartOf(m.ServiceConfig)}
		}
		if b.agree(found[name]) && b.noTraffic(found[name][Blue]) {
			workers = append(workers, w)
			b.remarkOverlap(found[name][Blue])
		}
	}
	return workers
}

// isWorker tells the twins that take no traffic: those that say so, and those
// that say nothing of traffic at all. A project that has nothing else has
// forgotten a port.
func (b *builder) isWorker(all twins, pair map[Colour]member) bool {
	if pair[Blue].job {
		return false
	}
	if pair[Blue].settings.Worker.Policy != "" || pair[Green].settings.Worker.Policy != "" {
		return true
	}
	return silent(pair[Blue]) && silent(pair[Green]) && slices.ContainsFunc(slices.Collect(maps.Values(all)), func(other map[Colour]member) bool {
		return other[Blue].settings.Port != 0
	})
}

// silent tells that a service says nothing of traffic.
func silent(m member) bool {
	s := m.settings
	s.Pair = ""
	return reflect.ValueOf(s).IsZero() && len(m.Expose) == 0
}

// noTraffic refuses a worker that says how traffic reaches it.
func (b *builder) noTraffic(m member) bool {
	if len(m.settings.Checks) > 0 {
		b.blame(m.Name, fmt.Sprintf("is a worker (%s), which may be at work in the active colour alone, and has x-bluegreen.checks", m.settings.Worker),
			"let a check of a pair find out whether it does its work, or a hook", extension, "checks")
		return false
	}
	for _, key := range routeKeys() {
		if value := key.value(m.settings); value != "" && key.name != "worker" {
			b.blame(m.Name, fmt.Sprintf("is a worker (%s), which takes no traffic, and has x-bluegreen.%s: %s", m.settings.Worker, key.name, value),
				"remove either worker or "+key.name, extension, key.name)
			return false
		}
	}
	return true
}

// remarkOverlap tells of a worker whose policy is not said: nobody but its
// author knows whether two versions may take jobs at once.
func (b *builder) remarkOverlap(m member) {
	if m.settings.Worker.Policy == "" {
		b.remark("service %q: it has no port, so it is a worker, and both colours take jobs while both run; say which you want: x-bluegreen: {worker: overlap}, handoff or pause-then-start", m.Name)
	}
}

// checkWorkers reports what would wait for a worker that starts only with the
// switch.
func (b *builder) checkWorkers(m Model) {
	for _, c := range Colours() {
		deferred := m.Deferred(c)
		for _, name := range slices.Concat(m.Jobs[c], m.Lasting(c)) {
			for _, on := range slices.Sorted(maps.Keys(b.source.Services[name].DependsOn)) {
				if slices.Contains(deferred, on) {
					b.blame(name, fmt.Sprintf("depends on the worker %s, which by its policy starts with the switch", on),
						fmt.Sprintf("remove depends_on %s, or write worker: overlap", on), "depends_on", on)
				}
			}
		}
	}
	if len(m.Pairs) == 0 && len(m.Workers) > 0 {
		b.blameProject("has workers and no pair that takes traffic", "write x-bluegreen: {port: 8080} on the services that visitors reach", "services")
	}
}

// restartOf is the engine's restart policy of a service, as Compose makes it.
func restartOf(s types.ServiceConfig) string {
	condition, tries := s.Restart, ""
	if d := s.Deploy; d != nil && d.RestartPolicy != nil {
		condition = d.RestartPolicy.Condition
		if n := d.RestartPolicy.MaxAttempts; n != nil && *n > 0 {
			tries = ":" + strconv.FormatUint(*n, 10)
		}
	}
	switch name, _, _ := strings.Cut(condition, ":"); name {
	case "", "none", "no":
		return "no"
	case "any":
		return "always"
	case "on-failure":
		return condition + tries
	default:
		return name
	}
}
