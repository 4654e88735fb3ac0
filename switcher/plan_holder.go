package switcher

import (
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// missingHolder is the file's holder where it has no container yet, for whose
// image nobody else sees to it.
func (v *visit) missingHolder() []string {
	if holder := v.Source.Proxy.Holder; holder != "" && len(v.state.Of(holder)) == 0 {
		return []string{holder}
	}
	return nil
}

// holder makes the service whose network the proxy uses, before the proxy. It
// tells whether the proxy has a container that can be started; one of a holder
// that is gone cannot.
func (p *Plan) holder(s State, proxy compose.Proxy) (found bool) {
	containers := s.Of(proxy.Service)
	if proxy.Holder == "" {
		return len(containers) > 0
	}
	service := []string{proxy.Holder}
	switch holders := s.Of(proxy.Holder); {
	case len(holders) == 0 && s.ProxyRunning:
		// It runs in a network of its own yet: an upgrade moves it.
	case len(holders) == 0:
		if len(containers) > 0 {
			p.add(Step{Action: DoRemove, Containers: containers, Cause: "the network that it was in is gone"})
		}
		p.add(Step{Action: DoCreate, Services: service, Cause: "the proxy uses its network"})
		return false
	}
	return len(containers) > 0
}

// startHolder starts it right before the proxy: a holder that stands in for
// the proxy waits but a moment.
func (p *Plan) startHolder(s State, proxy compose.Proxy) {
	if proxy.Holder != "" && !slices.ContainsFunc(s.Of(proxy.Holder), compose.Container.Running) {
		p.add(Step{Action: DoStart, Services: []string{proxy.Holder}, Cause: "the proxy uses its network"})
	}
}

// inHolder tells that the proxy that runs is in the network of the holder, so
// that another one can stand beside it.
func inHolder(s State, proxy compose.Proxy) bool {
	return s.standsIn(proxy) || s.Proxy != nil && slices.ContainsFunc(s.Of(proxy.Holder), s.Proxy.In)
}
