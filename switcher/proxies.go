package switcher

import (
	"cmp"
	"maps"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// pick finds the one proxy among the containers of its service; nil for none.
// A command that was killed while it replaced the proxy leaves two. One that
// retires is not it; of the others it is one that runs, and of two that run
// the elder, for the younger one had not proved itself yet.
func pick(containers []compose.Container) *compose.Container {
	if len(containers) == 0 {
		return nil
	}
	first := slices.MinFunc(containers, func(a, b compose.Container) int {
		return cmp.Or(
			falseFirst(a.Retiring(), b.Retiring()),
			falseFirst(!a.Running(), !b.Running()),
			a.Created.Compare(b.Created),
			cmp.Compare(a.Number, b.Number))
	})
	return &first
}

func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

// strays are the proxy's containers beside the one that counts.
func strays(containers []compose.Container, proxy *compose.Container) []compose.Container {
	if proxy == nil {
		return nil
	}
	var found []compose.Container
	for _, c := range containers {
		if c.Service == proxy.Service && c.ID != proxy.ID {
			found = append(found, c)
		}
	}
	return found
}

// shared tells that the running proxy uses a holder's network: even of an
// instance that does not run any more something may be left there.
func (s State) shared() bool {
	return s.ProxyRunning && s.Model != nil && s.Model.Proxy.Holder != ""
}

// clear ends what a killed replacement of the proxy has left.
func (p *Plan) clear(s State) {
	leaving := map[string][]compose.Container{}
	for _, c := range s.Strays {
		cause := "an interrupted upgrade of the proxy has left it"
		if c.Retiring() {
			cause = "another proxy has taken its place"
		}
		if !c.Running() && !s.shared() {
			p.add(Step{Action: DoRemove, Containers: []compose.Container{c}, Cause: cause})
			continue
		}
		leaving[cause] = append(leaving[cause], c)
	}
	for _, cause := range slices.Sorted(maps.Keys(leaving)) {
		p.add(Step{Action: DoRetireProxy, Containers: leaving[cause], Brief: true, Cause: cause})
	}
	if s.StandIn != nil {
		p.add(Step{Action: DoRest, Containers: []compose.Container{*s.StandIn}, Cause: "it stands in for a proxy that is there again"})
	}
}
