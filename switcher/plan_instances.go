package switcher

import (
	"cmp"
	"fmt"
	"reflect"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// On a Swarm an instance of the proxy has what it was started with, settings
// included. Other ones are a matter of replacing the instances, one after the
// other: each node's own port gives no answer meanwhile, those of the others do.

// InstancesError tells that the proxy's instances have to be replaced, and that
// nobody has agreed to it. Nothing was changed.
type InstancesError struct {
	Proxy, Why string
	// Verb is what to type to agree.
	Verb string
}

func (e *InstancesError) Error() string {
	return fmt.Sprintf("proxy %s: %s, so its instances have to be replaced, one after the other: "+
		"meanwhile the ports of each node in turn give no answer", e.Proxy, e.Why)
}

// Hint says what to type next.
func (e *InstancesError) Hint() string {
	return "agree to it, when what stands before the proxies passes over one that is away: docker bluegreen " + e.Verb + " --yes"
}

// settingsChange is the cause where only the settings differ.
const settingsChange = "its settings change (a route, a port, a pair, or more replicas than they have room for)"

// replacesInstances refuses an `up` that would replace instances, unless that is
// agreed to.
func replacesInstances(s State, w wanted) error {
	if w.Model.Engine != compose.Swarm || !s.ProxyRunning || !s.Outdated || w.Yes {
		return nil
	}
	return &InstancesError{Proxy: w.Model.Proxy.Service, Why: settingsChange, Verb: cmp.Or(w.Verb, Up)}
}

// planInstances plans to bring all instances to what the file says.
func planInstances(s State, n nextProxy) (Plan, error) {
	var p Plan
	p.repair(s)
	s = p.retireDue(s)
	service := []string{n.Model.Proxy.Service}
	p.Nothing = service[0] + " runs as the file says"
	why := cmp.Or(differs(*s.Proxy, n.Spec), forced(n))
	if why == "" && s.Outdated {
		why = settingsChange
	}
	if !reflect.DeepEqual(*s.Model, n.Model) {
		p.add(Step{Action: DoSave, Services: service, Cause: "later commands need no file"})
	}
	if why == "" {
		return p, nil
	}
	if !n.Yes {
		return Plan{}, &InstancesError{Proxy: service[0], Why: why, Verb: ProxyUpgrade}
	}
	p.add(Step{Action: DoConfigure, Services: service, Cause: why})
	p.add(Step{Action: DoReplaceInstances, Services: service, Cause: "one after the other"})
	return p, nil
}
