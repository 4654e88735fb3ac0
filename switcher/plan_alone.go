package switcher

import "github.com/bluegreen/docker-bluegreen/compose"

// A proxy may be unable to stand beside another one although both would use the
// network of one holder: a Traefik with a user's own settings listens where the
// other one does. It is replaced with a gap, as one without a holder is.

// relieveAlone plans a proxy in the place of the holder that stands in for it,
// where the two cannot serve side by side.
func (p *Plan) relieveAlone(s State, n nextProxy) error {
	if err := n.possible(false); err != nil {
		return err
	}
	holder, service := *s.Proxy, []string{n.Model.Proxy.Service}
	dead := p.endTrials(s, n)
	p.Gap = &n.Gap
	p.add(Step{Action: DoTry, Services: service, Cause: "its program must accept the settings"})
	p.add(Step{Action: DoAddProxy, Services: service, Cause: holder.Name + " stands in for it"})
	p.add(Step{Action: DoYield, Containers: []compose.Container{holder}, Cause: n.Gap.begins()})
	p.add(Step{Action: DoSucceed, Services: service, Cause: "its ports are free"})
	p.add(Step{Action: DoProve, Services: service, Cause: "it must serve what its stand-in did"})
	if len(dead) > 0 {
		p.add(Step{Action: DoRemove, Containers: dead, Cause: "the new proxy has taken its place"})
	}
	p.saveProxy(s, n)
	return nil
}

// yields has a holder that can stand in for the former proxy leave the ports to
// the next one: it may have seen meanwhile that nobody listens.
func (p *Plan) yields(s State, former compose.Container) {
	if p.Gap == nil {
		return
	}
	if holder := capable(s.Containers, former); holder != nil {
		p.add(Step{Action: DoYield, Containers: []compose.Container{*holder}, Cause: "it may have begun to stand in for the proxy"})
	}
}
