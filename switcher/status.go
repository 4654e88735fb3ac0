package switcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Status is what `status` shows. The JSON keys are a contract: keys may be
// added, never renamed.
type Status struct {
	Project   string                          `json:"project"`
	Engine    string                          `json:"engine"`
	Proxy     ProxyStatus                     `json:"proxy"`
	Active    *compose.Colour                 `json:"active"`
	Previous  *compose.Colour                 `json:"previous"`
	Canary    int                             `json:"canary"`
	Colours   map[compose.Colour]ColourStatus `json:"colours"`
	Rollback  string                          `json:"rollback"`
	URLs      []string                        `json:"urls"`
	Preview   *PreviewStatus                  `json:"preview"`
	Operation *Holder                         `json:"operation"`
	// Pinned is the colour that keeps the visitors who began on it.
	Pinned compose.Colour `json:"pinned,omitempty"`
	// Retire is the colour that is to be stopped later; nil for none.
	Retire *Retirement `json:"retire,omitempty"`
	// Maintenance is what visitors get in the project's stead; nil for none.
	Maintenance *MaintenanceStatus `json:"maintenance"`
	// Interrupted says what a killed command left to finish; empty for
	// nothing.
	Interrupted string `json:"interrupted,omitempty"`
}

// ProxyStatus is the proxy's part of a status.
type ProxyStatus struct {
	Service   string       `json:"service"`
	Kind      compose.Kind `json:"kind"`
	Instances int          `json:"instances"`
	Ready     int          `json:"ready"`
}

// ColourStatus is one colour's part of a status.
type ColourStatus struct {
	Release string `json:"release"`
	// State is running, degraded (not all ready), stopped, or absent.
	State    string          `json:"state"`
	Services []ServiceStatus `json:"services"`
	// Workers take no traffic; omitted where the project has none.
	Workers []WorkerStatus `json:"workers,omitempty"`
}

// ServiceStatus is one service's part of a status.
type ServiceStatus struct {
	Pair    string `json:"pair"`
	Service string `json:"service"`
	Image   string `json:"image"`
	Digest  string `json:"digest"`
	// Replicas are wanted, Healthy are ready for the engine, InProxy are
	// up by the proxy's own check.
	Replicas int `json:"replicas"`
	Healthy  int `json:"healthy"`
	InProxy  int `json:"inProxy"`
	// Sessions are in flight now.
	Sessions int `json:"sessions"`
	// Since is when the oldest of its containers was made; zero for none.
	Since time.Time `json:"since,omitzero"`
}

// Status observes a project without its lock. A project that does not run
// has no active colour, which is no error.
func (s *Switcher) Status(ctx context.Context) (Status, error) {
	v := &visit{Switcher: s}
	defer v.end()
	var operation *Holder
	err := v.enter(ctx, Options{DryRun: true})
	switch {
	case isDown(err):
		err = nil
	case err == nil && v.line != nil:
		if operation, err = v.line.Held(ctx); err == nil {
			err = v.observe(ctx)
		}
	}
	if err != nil {
		return Status{}, err
	}
	if v.state.Model == nil && s.Source != nil {
		v.state.Model = &s.Source.Model
	}
	// What cannot be seen of the images is left unsaid: the rest matters more.
	if err := v.observeShelf(ctx); ctx.Err() != nil {
		return Status{}, err
	}
	status := v.status()
	status.URLs = v.urls(ctx)
	status.Preview = v.preview(ctx)
	status.Maintenance = v.maintenance(ctx)
	status.Operation = operation
	return status, nil
}

// isDown tells that a proxy does not run.
func isDown(err error) bool {
	var down *ProxyDownError
	return errors.As(err, &down)
}

// status turns the observed state into what is shown.
func (v *visit) status() Status {
	st := Status{
		Project: v.Project, Engine: string(v.engineKind()), Colours: map[compose.Colour]ColourStatus{},
		Rollback: forecast(v.state).String(), Retire: v.state.Retirement(),
	}
	if v.state.ProxyRunning && v.state.Active() != "" {
		active := v.state.Active()
		st.Active, st.Canary, st.Pinned = &active, v.state.Canary(), v.state.Traffic().Pinned
		if previous := v.state.Routing.Previous; previous != "" {
			st.Previous = &previous
		}
	}
	switch pending := v.state.Pending(); {
	case v.state.Model != nil && v.state.standsIn(v.state.Model.Proxy):
		st.Interrupted = fmt.Sprintf("%s stands in for the proxy; docker bluegreen proxy upgrade puts one in its place", v.state.Proxy.Name)
	case v.state.Lost:
		st.Interrupted = fmt.Sprintf("the record of the active colour is lost; the next command takes over %s", v.state.Active())
	case v.state.Split():
		st.Interrupted = fmt.Sprintf("%s was committed, the proxy still serves %s", v.state.Traffic(), v.state.Live)
	case v.state.HandingOver():
		st.Interrupted = fmt.Sprintf("workers are still to be handed over, to %s", v.state.Active())
	case pending != nil && pending.Bake > 0:
		st.Interrupted = fmt.Sprintf("%s was to be watched for %s, and nobody does any more; %s is still to be drained", v.state.Active(), pending.Bake, pending.From)
	case pending != nil:
		st.Interrupted = fmt.Sprintf("%s is still to be drained", pending.From)
	}
	v.statusOfModel(&st)
	return st
}

// engineKind says where the project runs.
func (v *visit) engineKind() compose.EngineKind {
	if v.state.Model == nil || v.state.Model.Engine == "" {
		return compose.OneEngine
	}
	return v.state.Model.Engine
}

// statusOfModel adds what needs the model: the proxy and the colours.
func (v *visit) statusOfModel(st *Status) {
	m := v.state.Model
	if m == nil {
		return
	}
	proxies := v.state.Of(m.Proxy.Service)
	if len(proxies) == 1 && proxies[0].Instances != nil {
		proxies = proxies[0].Instances
	}
	st.Proxy = ProxyStatus{Service: m.Proxy.Service, Kind: m.Proxy.Kind, Instances: len(proxies)}
	for _, p := range proxies {
		if p.Ready() {
			st.Proxy.Ready++
		}
	}
	for _, c := range compose.Colours() {
		st.Colours[c] = v.statusOf(c)
	}
}

// statusOf is a colour's part.
func (v *visit) statusOf(c compose.Colour) ColourStatus {
	out := ColourStatus{Release: v.state.Release(c), Services: []ServiceStatus{}}
	containers, ready, wanted := 0, 0, 0
	for _, pair := range v.state.Model.Pairs {
		if !pair.Has(c) {
			continue
		}
		service := v.statusOfService(pair, c)
		out.Services = append(out.Services, service)
		containers += len(v.state.Of(pair.Services[c]))
		ready += service.Healthy
		wanted += service.Replicas
	}
	out.Workers = v.statusOfWorkers(c)
	for _, w := range out.Workers {
		containers += len(v.state.Of(w.Service))
		if w.State != "waiting" {
			ready += w.Healthy
			wanted += w.Replicas
		}
	}
	out.State = stateWord(containers, len(v.state.running(c)), ready, wanted)
	return out
}

// stateWord says a colour's condition in one word.
func stateWord(containers, running, ready, wanted int) string {
	switch {
	case containers == 0:
		return "absent"
	case running == 0:
		return "stopped"
	case ready < wanted:
		return "degraded"
	default:
		return "running"
	}
}

// digestOf is the digest of what a container runs; "" where only its name is
// known, as of a Swarm's image that no registry has told the digest of.
func digestOf(c compose.Container) string {
	if c.ImageID == c.Image {
		return ""
	}
	return c.ImageID
}

// statusOfService is a service's part.
func (v *visit) statusOfService(pair compose.Pair, c compose.Colour) ServiceStatus {
	out := ServiceStatus{Pair: pair.Name, Service: pair.Services[c], Replicas: pair.Replicas[c]}
	for _, ctr := range v.state.Of(out.Service) {
		out.Image, out.Digest = ctr.Image, digestOf(ctr)
		if ctr.Ready() {
			out.Healthy++
		}
		if out.Since.IsZero() || ctr.Created.Before(out.Since) {
			out.Since = ctr.Created
		}
		if server, known := serverOf(v.state.Servers[c], ctr); known {
			out.Sessions += server.Sessions
			if server.Up && ctr.Running() {
				out.InProxy++
			}
		}
	}
	return out
}
