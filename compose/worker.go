package compose

import (
	"slices"
	"time"
)

// Worker is one service in both colours that takes no traffic but jobs, from a
// queue or by a clock. The proxy knows nothing of it.
type Worker struct {
	Name string `json:"name"`
	// Services names the worker's Compose service of each colour, Replicas the
	// number of containers that the file wants of it, and Terms how it hands
	// over. As with a pair, a loaded file says the same of both colours, and a
	// merged model keeps what each was released with.
	Services map[Colour]string `json:"services"`
	Replicas map[Colour]int    `json:"replicas"`
	Terms    map[Colour]Terms  `json:"terms"`
}

// Policy says whether two versions of a worker may take jobs at once.
type Policy string

// The policies, from the laxest to the strictest.
const (
	// Overlap runs the workers of both colours, like everything else of them.
	Overlap Policy = "overlap"
	// Handoff starts the next workers with the switch, and then has the former
	// ones end.
	Handoff Policy = "handoff"
	// PauseThenStart has the former workers end before the next ones start.
	PauseThenStart Policy = "pause-then-start"
)

// Terms are how one colour's workers hand over.
type Terms struct {
	Policy Policy `json:"policy"`
	// Signal has a worker take no more jobs and end; "" is the signal that its
	// container stops by.
	Signal string `json:"signal,omitempty"`
	// Limit is how long it may take to end before it is stopped, in JSON in
	// nanoseconds; zero is the time that a drain may take.
	Limit time.Duration `json:"limit,omitempty"`
	// Restart is the engine's restart policy by the file, with the number of
	// tries where it has one: "always", "on-failure:3". It holds while the
	// worker is at work, and "no" does while it is not.
	Restart string `json:"restart"`
}

// Has tells that the worker is part of a colour.
func (w Worker) Has(c Colour) bool { return w.Services[c] != "" }

// Policy is the stricter one of both colours': they differ while a release
// changes it.
func (w Worker) Policy() Policy {
	order := Policies()
	strictest := 0
	for _, t := range w.Terms {
		strictest = max(strictest, slices.Index(order, t.Policy))
	}
	return order[strictest]
}

// Policies lists the policies, the laxest first.
func Policies() []Policy { return []Policy{Overlap, Handoff, PauseThenStart} }

// Deferred tells that the worker is at work in the active colour alone.
func (w Worker) Deferred() bool { return w.Policy() != Overlap }

// workers lists a colour's services of workers with one of some policies.
func (m Model) workers(c Colour, policies ...Policy) []string {
	var services []string
	for _, w := range m.Workers {
		if w.Has(c) && slices.Contains(policies, w.Policy()) {
			services = append(services, w.Services[c])
		}
	}
	return services
}

// Lasting lists the services that run as long as their colour does: its pairs,
// and the workers that overlap.
func (m Model) Lasting(c Colour) []string {
	return append(m.Services(c), m.workers(c, Overlap)...)
}

// Deferred lists the services of workers of a colour that are at work only
// while it is active, those with one of some policies or, if none is named, all.
func (m Model) Deferred(c Colour, policies ...Policy) []string {
	if len(policies) == 0 {
		policies = []Policy{Handoff, PauseThenStart}
	}
	return m.workers(c, policies...)
}

// HandsOver tells that a change of the active colour has workers end and start.
func (m Model) HandsOver() bool { return slices.ContainsFunc(m.Workers, Worker.Deferred) }

// Members lists all services of a colour but its jobs.
func (m Model) Members(c Colour) []string {
	return append(m.Services(c), m.workers(c, Policies()...)...)
}

// TermsOf are the terms of a worker's service.
func (m Model) TermsOf(service string) Terms {
	for _, w := range m.Workers {
		for c, s := range w.Services {
			if s == service {
				return w.Terms[c]
			}
		}
	}
	return Terms{}
}

// Part finds what is named in the file's colours: a pair or a worker.
func (m Model) Part(name string) (services map[Colour]string, replicas map[Colour]int, ok bool) {
	if p, found := m.Pair(name); found {
		return p.Services, p.Replicas, true
	}
	i := slices.IndexFunc(m.Workers, func(w Worker) bool { return w.Name == name })
	if i < 0 {
		return nil, nil, false
	}
	return m.Workers[i].Services, m.Workers[i].Replicas, true
}

// Parts lists the names of all pairs and workers, sorted.
func (m Model) Parts() []string {
	names := make([]string, 0, len(m.Pairs)+len(m.Workers))
	for _, p := range m.Pairs {
		names = append(names, p.Name)
	}
	for _, w := range m.Workers {
		names = append(names, w.Name)
	}
	slices.Sort(names)
	return names
}

// PartOf tells to which pair or worker and colour a service belongs.
func (m Model) PartOf(service string) (name string, c Colour, ok bool) {
	if pair, colour, ok := m.Owner(service); ok {
		return pair.Name, colour, true
	}
	for _, w := range m.Workers {
		for colour, s := range w.Services {
			if s == service {
				return w.Name, colour, true
			}
		}
	}
	return "", "", false
}

// withWorkers is With for the workers.
func (m Model) withWorkers(c Colour, other Model) []Worker {
	var merged []Worker
	byName := func(w Worker) string { return w.Name }
	for _, name := range namesOf(append(slices.Clone(m.Workers), other.Workers...), byName) {
		w := Worker{Name: name, Services: map[Colour]string{}, Replicas: map[Colour]int{}, Terms: map[Colour]Terms{}}
		w.take(c, other)
		w.take(c.Other(), m)
		if len(w.Services) > 0 {
			merged = append(merged, w)
		}
	}
	return merged
}

// namesOf lists names once each, sorted.
func namesOf[T any](list []T, name func(T) string) []string {
	names := make([]string, 0, len(list))
	for _, v := range list {
		names = append(names, name(v))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// take copies what m says of the worker in colour c.
func (w *Worker) take(c Colour, m Model) {
	i := slices.IndexFunc(m.Workers, func(other Worker) bool { return other.Name == w.Name })
	if i < 0 || !m.Workers[i].Has(c) {
		return
	}
	w.Services[c] = m.Workers[i].Services[c]
	w.Replicas[c] = m.Workers[i].Replicas[c]
	w.Terms[c] = m.Workers[i].Terms[c]
}
