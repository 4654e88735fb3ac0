package compose

import (
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// Waves is the start order inside a colour. The services of a wave start
// together, after those of the wave before are healthy, or complete if they
// are jobs. A dependency with the condition service_healthy or
// service_completed_successfully makes a new wave, one with service_started
// does not. Jobs come before every service that they do not need themselves,
// also before those that do not depend on them: a migration is for the whole
// colour. Services of a wave are sorted by name.
func (p *Project) Waves(c Colour) [][]string {
	w := waves{project: p, jobs: p.Jobs[c], level: map[string]int{}}
	w.members = slices.Concat(w.jobs, p.Members(c))
	var order [][]string
	for _, name := range slices.Sorted(slices.Values(w.members)) {
		level := w.levelOf(name)
		for len(order) <= level {
			order = append(order, nil)
		}
		order[level] = append(order[level], name)
	}
	return order
}

type waves struct {
	project *Project
	members []string
	jobs    []string
	level   map[string]int
}

// levelOf is the number of a service's wave. Compose has refused cycles.
func (w *waves) levelOf(name string) int {
	if level, known := w.level[name]; known {
		return level
	}
	level := 0
	for on, condition := range w.needs(name) {
		after := w.levelOf(on)
		if condition != types.ServiceConditionStarted {
			after++
		}
		level = max(level, after)
	}
	w.level[name] = level
	return level
}

// needs maps the members that a service depends on to the condition.
func (w *waves) needs(name string) map[string]string {
	needs := map[string]string{}
	if !w.early(name) {
		for _, job := range w.jobs {
			if w.early(job) {
				needs[job] = types.ServiceConditionCompletedSuccessfully
			}
		}
	}
	for on, dependency := range w.project.service(name).DependsOn {
		if slices.Contains(w.members, on) && needs[on] == "" {
			needs[on] = dependency.Condition
		}
	}
	return needs
}

// early tells a job that needs no pair of its colour, directly or through
// other jobs.
func (w *waves) early(name string) bool {
	if !slices.Contains(w.jobs, name) {
		return false
	}
	for on := range w.project.service(name).DependsOn {
		if slices.Contains(w.members, on) && !w.early(on) {
			return false
		}
	}
	return true
}

// service is a service of the file, of any colour or none.
func (p *Project) service(name string) types.ServiceConfig {
	if s, ok := p.Source.Services[name]; ok {
		return s
	}
	return p.Source.DisabledServices[name]
}
