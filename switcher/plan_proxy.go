package switcher

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// nextProxy is what the file wants of the proxy.
type nextProxy struct {
	// Model is what the proxy is to be set up from: both colours as they
	// were released, the proxy as the file has it.
	Model compose.Model
	Spec  compose.Spec
	// Joins is what its command lacks for taking over from a running proxy
	// in the holder's network; nil for nothing.
	Joins error
	// Named is the file's container_name, which only one container can have.
	Named string
	// Force has it replaced whatever differs, and Yes agrees to it on a Swarm.
	Force, Yes bool
	// Gap is what a replacement costs where the two cannot run side by side;
	// its Why says that they cannot whatever its command.
	Gap Gap
}

// planReload plans to let the running proxy take its settings, the user's own
// or those of the model.
func planReload(s State, n nextProxy) (Plan, error) {
	var p Plan
	if !s.ProxyRunning || s.Model == nil {
		return p, &ProxyDownError{Project: s.Project}
	}
	if n.Model.Engine == compose.Swarm {
		return p, &InstancesError{Proxy: n.Model.Proxy.Service, Why: "an instance on a Swarm reads its settings when it starts, and only then", Verb: ProxyUpgrade}
	}
	p.repair(s)
	s = p.retireDue(s)
	p.saveProxy(s, n)
	p.reload(n, "asked for")
	return p, nil
}

// reload validates the settings and lets the running proxy take them.
func (p *Plan) reload(n nextProxy, cause string) {
	service := []string{n.Model.Proxy.Service}
	p.add(Step{Action: DoConfigure, Services: service, Cause: cause})
	p.add(Step{Action: DoReload, Services: service, Cause: "it runs with the former settings"})
	if !n.Model.Proxy.Generated {
		p.add(Step{Action: DoVerify, Services: service, Cause: "its settings are yours"})
	}
}

// saveProxy records the proxy where it differs from the recorded one.
func (p *Plan) saveProxy(s State, n nextProxy) {
	if !reflect.DeepEqual(*s.Model, n.Model) {
		p.add(Step{Action: DoSave, Services: []string{n.Model.Proxy.Service}, Cause: "later commands need no file"})
	}
}

// planUpgrade plans to replace the proxy's container by what the file says:
// beside the running one where a holder has the network and both can be there,
// else in its place, with a gap. What a reload can do is no replacement.
func planUpgrade(s State, n nextProxy) (Plan, error) {
	var p Plan
	if s.Model == nil || s.Proxy == nil {
		return p, &NotStartedError{Project: s.Project, Doing: ProxyUpgrade}
	}
	if n.Model.Engine == compose.Swarm {
		return planInstances(s, n)
	}
	p.repair(s)
	s = p.retireDue(s)
	if s.standsIn(n.Model.Proxy) {
		return p, p.relieve(s, n)
	}
	if why := cmp.Or(differs(*s.Proxy, n.Spec), lacksPort(s), lacksCounters(s), leftDark(s), forced(n)); why != "" {
		return p, p.replaceProxy(s, n, why)
	}
	p.saveProxy(s, n)
	if s.Outdated && s.ProxyRunning {
		p.reload(n, "its settings differ from the file's")
	}
	p.Nothing = n.Model.Proxy.Service + " runs as the file says"
	return p, nil
}

// forced says that a replacement is wished for; "" where it is not.
func forced(n nextProxy) string {
	if n.Force {
		return "asked for by --force"
	}
	return ""
}

// differs says in what a container is not what the file wants; "" for nothing.
func differs(c compose.Container, spec compose.Spec) string {
	switch {
	case spec.UpToDate(c):
		return ""
	case spec.ImageID != c.ImageID:
		return fmt.Sprintf("the file wants the image %s", spec.Image)
	default:
		return "its container differs from the file"
	}
}

// replaceProxy plans the replacement itself.
func (p *Plan) replaceProxy(s State, n nextProxy, why string) error {
	former := *s.Proxy
	service := []string{n.Model.Proxy.Service}
	beside := s.ProxyRunning && inHolder(s, n.Model.Proxy) && n.Gap.Why == ""
	joins := n.Model.Proxy.Holder != "" && !inHolder(s, n.Model.Proxy)
	if err := n.possible(beside); err != nil {
		return err
	}
	p.add(Step{Action: DoTry, Services: service, Cause: "its program must accept the settings"})
	if joins && len(s.Of(n.Model.Proxy.Holder)) == 0 {
		p.add(Step{Action: DoCreate, Services: []string{n.Model.Proxy.Holder}, Cause: "the proxy is to use its network"})
	}
	p.add(Step{Action: DoAddProxy, Services: service, Cause: why})
	start := Step{Action: DoSucceed, Services: service, Cause: "its ports are free"}
	switch {
	case beside:
		start.Former, start.Cause = &former, "the new proxy takes connections too from here on"
	case s.ProxyRunning:
		p.Gap = &n.Gap
		p.add(Step{Action: DoStopProxy, Containers: []compose.Container{former}, Cause: n.Gap.begins()})
	}
	p.yields(s, former)
	if joins {
		p.add(Step{Action: DoStart, Services: []string{n.Model.Proxy.Holder}, Cause: "the proxy is to use its network"})
	}
	p.add(start)
	p.add(Step{Action: DoProve, Services: service, Cause: "it must serve what the former one does"})
	if beside {
		p.add(Step{Action: DoRetireProxy, Containers: []compose.Container{former}, Cause: "the new proxy has proved itself"})
	} else {
		p.add(Step{Action: DoRemove, Containers: []compose.Container{former}, Cause: "the new proxy has proved itself"})
	}
	p.saveProxy(s, n)
	p.secured(s, n)
	return nil
}

// secured has a new proxy take certificates that the former one did not have:
// until that is gone, both go by the same.
func (p *Plan) secured(s State, n nextProxy) {
	if n.Model.Proxy.Generated && !maps.Equal(s.Model.Proxy.TLS, n.Model.Proxy.TLS) {
		p.reload(n, "it has other certificates than its predecessor")
	}
}

// relieve plans a proxy in the place of the holder that stands in for it.
func (p *Plan) relieve(s State, n nextProxy) error {
	if n.Gap.Why != "" {
		return p.relieveAlone(s, n)
	}
	if err := n.possible(true); err != nil {
		return err
	}
	holder, service := *s.Proxy, []string{n.Model.Proxy.Service}
	dead := p.endTrials(s, n)
	p.add(Step{Action: DoTry, Services: service, Cause: "its program must accept the settings"})
	p.add(Step{Action: DoAddProxy, Services: service, Cause: holder.Name + " stands in for it"})
	p.add(Step{Action: DoSucceed, Services: service, Former: &holder, Cause: "the proxy takes connections too from here on"})
	p.add(Step{Action: DoProve, Services: service, Cause: "it must serve what its stand-in does"})
	p.add(Step{Action: DoRest, Containers: []compose.Container{holder}, Cause: "the proxy has proved itself"})
	if len(dead) > 0 {
		p.add(Step{Action: DoRemove, Containers: dead, Cause: "the new proxy has taken its place"})
	}
	p.saveProxy(s, n)
	return nil
}

// endTrials ends what tries in vain to start beside the stand-in, and tells
// which containers of the proxy have given up.
func (p *Plan) endTrials(s State, n nextProxy) (dead []compose.Container) {
	var trying []compose.Container
	for _, c := range s.Of(n.Model.Proxy.Service) {
		if c.State == "restarting" || c.Running() {
			trying = append(trying, c)
		} else {
			dead = append(dead, c)
		}
	}
	if len(trying) > 0 {
		p.add(Step{Action: DoRemove, Containers: trying, Cause: "it fails to start again and again"})
	}
	return dead
}

// possible refuses what would keep a second container from being made, or from
// taking over.
func (n nextProxy) possible(beside bool) error {
	if n.Named != "" {
		return &compose.InvalidError{
			Service: n.Model.Proxy.Service,
			Problem: fmt.Sprintf("has container_name %s, so that no other container can be made to take its place", n.Named),
			Fix:     "remove container_name, or let Compose replace it, with a gap: docker compose up -d --no-deps " + n.Model.Proxy.Service,
		}
	}
	if beside {
		return n.Joins
	}
	return nil
}
