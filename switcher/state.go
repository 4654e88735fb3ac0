package switcher

import (
	"slices"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// State is what a command observed before it planned. Nothing in it is
// remembered from an earlier command but the routing and the model, which
// the proxy's volume keeps.
type State struct {
	Project    string
	Containers []compose.Container
	// Model is the project as it runs: what the last `up` recorded; nil
	// before the first.
	Model *compose.Model
	// Routing is the durable truth; nil before the first `up`.
	Routing *Routing
	// Proxy is the container that is the project's proxy, nil for none, and
	// Strays are further ones of its service, which an interrupted upgrade
	// has left.
	Proxy  *compose.Container
	Strays []compose.Container
	// StandIn is the holder of the proxy's network, where it runs the proxy's
	// program although the proxy is there again; nil else.
	StandIn *compose.Container
	// ProxyRunning tells that the proxy's container runs; the fields below
	// are only observed then.
	ProxyRunning bool
	// Live is what the running proxy makes of the visitors.
	Live Traffic
	// Servers is the running proxy's view of the replicas, by colour.
	Servers map[compose.Colour][]Server
	// Lost tells that Routing is no durable one: that is gone, and Routing is
	// what the proxy serves or the history tells.
	Lost bool
	// Outdated tells that the settings on the volume are not those that the
	// command's model wants.
	Outdated bool
	// Unopened lists the ports of the command's model that the running proxy
	// opens only when it is started anew.
	Unopened []int
	// Now is when it was observed, and Lingering what a colour that should be
	// stopped by then still serves.
	Now       time.Time
	Lingering InFlight
	// Shelf is what there is to bring a release back with, where the command
	// has to know.
	Shelf *Shelf
	// Uncounted tells that the running proxy, whose settings are generated,
	// counts nothing: it was started by a former version of the tool.
	Uncounted bool
	// Token is what opens the preview, where the command has to know.
	Token string
	// Unrecorded tells that the history does not say how the active colour
	// became so: that command was killed after its last step.
	Unrecorded bool
}

// Active is the colour that takes all traffic; "" before the first.
func (s State) Active() compose.Colour {
	if s.Routing == nil {
		return ""
	}
	return s.Routing.Active
}

// Pending is what an interrupted change of colour left to do; nil for none.
func (s State) Pending() *Pending {
	if s.Routing == nil || s.Routing.Pending == nil || s.Routing.Pending.From == "" {
		return nil
	}
	return s.Routing.Pending
}

// Held names the services that an interrupted scale left with replicas out
// of the rotation.
func (s State) Held() []string {
	if s.Routing == nil || s.Routing.Pending == nil {
		return nil
	}
	return s.Routing.Pending.Readmit
}

// Split tells that the proxy does not serve what is durable: a command was
// killed between writing it and showing it.
func (s State) Split() bool {
	return s.ProxyRunning && s.Routing != nil && s.Live != s.Routing.Traffic()
}

// SplitColour tells so of the active colour alone, whatever the share.
func (s State) SplitColour() bool { return s.Split() && s.Live.Active != s.Active() }

// Of lists the containers of services.
func (s State) Of(services ...string) []compose.Container {
	var found []compose.Container
	for _, c := range s.Containers {
		if slices.Contains(services, c.Service) {
			found = append(found, c)
		}
	}
	return found
}

// Side is a colour of a model with the containers that were observed.
func (s State) Side(m compose.Model, c compose.Colour) Side {
	return Side{Model: m, Colour: c, Containers: s.Of(m.Services(c)...)}
}

// Release names what a colour's containers run.
func (s State) Release(c compose.Colour) string {
	if s.Model == nil {
		return ""
	}
	return releaseOf(*s.Model, c, s.Containers)
}

// Serving tells that visitors get answers: the proxy runs, a colour is
// active, and at least one of its containers runs.
func (s State) Serving() bool {
	if !s.ProxyRunning || s.Active() == "" || s.Model == nil {
		return false
	}
	return slices.ContainsFunc(s.Of(s.Model.Services(s.Active())...), compose.Container.Running)
}
