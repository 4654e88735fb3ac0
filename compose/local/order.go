package local

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// startOrder lists a project's services in waves: each service stands after
// all that it depends on.
func startOrder(p *types.Project) [][]string {
	return waves(p.ServiceNames(), func(name string) []string {
		return slices.Collect(maps.Keys(p.Services[name].DependsOn))
	})
}

// startWaves lists containers in the order in which Compose starts them. That
// stands on the containers themselves, for there may be no file: what Compose
// made knows on which services it depends. A container that uses another
// one's network, volumes or processes depends on it.
func startWaves(containers []compose.Container) [][]compose.Container {
	byService := map[string][]compose.Container{}
	for _, c := range containers {
		byService[c.Service] = append(byService[c.Service], c)
	}
	order := waves(sortedKeys(byService), func(service string) []string {
		if len(byService[service]) == 0 {
			return nil
		}
		return dependsOn(byService[service][0])
	})
	var started [][]compose.Container
	for _, services := range order {
		var wave []compose.Container
		for _, service := range services {
			wave = append(wave, byService[service]...)
		}
		started = append(started, wave)
	}
	return started
}

// dependsOn lists the services that a container's service depends on.
// Compose writes "db:service_healthy:false,cache:service_started:true".
func dependsOn(c compose.Container) []string {
	var services []string
	for entry := range strings.SplitSeq(c.Labels[api.DependenciesLabel], ",") {
		if service, _, _ := strings.Cut(entry, ":"); service != "" {
			services = append(services, service)
		}
	}
	return services
}

// waves groups services by how many others must come before them. Compose
// has refused cycles.
func waves(services []string, dependsOn func(service string) []string) [][]string {
	levels := map[string]int{}
	var level func(service string) int
	level = func(service string) int {
		if l, known := levels[service]; known {
			return l
		}
		l := 0
		for _, on := range dependsOn(service) {
			l = max(l, level(on)+1)
		}
		levels[service] = l
		return l
	}
	var order [][]string
	for _, name := range slices.Sorted(slices.Values(services)) {
		for len(order) <= level(name) {
			order = append(order, nil)
		}
		order[level(name)] = append(order[level(name)], name)
	}
	return order
}
