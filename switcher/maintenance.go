package switcher

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Maintenance is what visitors get in the project's stead: 503. Whoever has the
// preview's token, and the tool's own requests, get the project all the same.
type Maintenance struct {
	// RetryAfter tells clients, in seconds, when to try again.
	RetryAfter int `json:"retryAfter"`
	// Page is what is answered, and Type its content type; "" is a sentence of
	// the proxy's own.
	Page  string    `json:"page,omitempty"`
	Type  string    `json:"type,omitempty"`
	Since time.Time `json:"since"`
	By    string    `json:"by"`
}

// Same tells that two maintenances are alike to visitors.
func (m Maintenance) Same(o Maintenance) bool {
	return m.RetryAfter == o.RetryAfter && m.Page == o.Page && m.Type == o.Type
}

// Upkeep turns visitors away while somebody works on the project.
type Upkeep interface {
	// Maintenance is the durable one, nil while there is none, and whether the
	// running proxy has taken it: a command may have been killed in between.
	Maintenance(ctx context.Context) (m *Maintenance, taken bool, err error)
	// Maintain makes a maintenance durable, then has the running proxy take it
	// without a reload, and reads it back; nil ends it. What is in flight ends
	// by itself. A *compose.InvalidError tells that the proxy cannot do it.
	Maintain(ctx context.Context, m *Maintenance) error
}

// MaintenanceOptions are what `maintenance` can be told.
type MaintenanceOptions struct {
	Options
	// On is what visitors are to get; nil ends the maintenance.
	On *Maintenance
}

// Maintain begins a maintenance, changes it, or ends it. Ending none does
// nothing. It works whatever colour is active.
func (s *Switcher) Maintain(ctx context.Context, o MaintenanceOptions) (Outcome, error) {
	verb := MaintenanceOff
	if o.On != nil {
		verb = MaintenanceOn
	}
	return s.do(ctx, verb, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		out.Maintenance = o.On != nil
		if !v.state.ProxyRunning || v.state.Model == nil {
			return &ProxyDownError{Project: v.Project}
		}
		if v.engineKind() == compose.Swarm && o.On != nil {
			return &compose.InvalidError{
				Service: v.state.Model.Proxy.Service, Problem: "maintenance is not there on a Swarm yet",
				Fix: "answer for the site in what stands before its proxies (docs/swarm.md)",
			}
		}
		now, taken, err := v.line.Maintenance(ctx)
		if err != nil {
			return err
		}
		var wanted *Maintenance
		if o.On != nil {
			on := *o.On
			on.Since, on.By = v.sign.At, v.sign.Who
			wanted = &on
		}
		var p Plan
		p.retireDue(v.state)
		next := planMaintenance(v.state.Model.Proxy.Service, now, taken, wanted)
		p.Steps, p.Nothing = append(p.Steps, next.Steps...), next.Nothing
		return v.execute(ctx, &runner{visit: v, model: *v.state.Model}, p, out)
	})
}

// planMaintenance plans to get from one maintenance, which the running proxy may
// not have taken, to another; nil is none.
func planMaintenance(proxy string, now *Maintenance, taken bool, wanted *Maintenance) Plan {
	var p Plan
	switch {
	case now == nil && wanted == nil && taken:
		p.Nothing = "there is no maintenance"
		return p
	case now != nil && wanted != nil:
		if now.Same(*wanted) && taken {
			p.Nothing = fmt.Sprintf("there is maintenance already, since %s by %s", now.Since.Local().Format(time.DateTime), now.By)
			return p
		}
		wanted.Since, wanted.By = now.Since, now.By
	}
	cause := "visitors get the project again"
	if wanted != nil {
		cause = "visitors get 503, previews the project"
	}
	p.add(Step{Action: DoMaintain, Services: []string{proxy}, Maintenance: wanted, Cause: cause})
	return p
}

// maintained tells of the verbs that turn visitors away or let them in again.
func maintained(verb string) bool { return strings.HasPrefix(verb, "maintenance ") }

// MaintenanceStatus is a maintenance as status shows it.
type MaintenanceStatus struct {
	RetryAfter int       `json:"retryAfter"`
	Since      time.Time `json:"since"`
	By         string    `json:"by"`
}

// maintenance is the maintenance for a status; nil for none, and where that
// cannot be found out: it must not keep the rest from being seen.
func (v *visit) maintenance(ctx context.Context) *MaintenanceStatus {
	if v.line == nil || !v.state.ProxyRunning {
		return nil
	}
	m, _, err := v.line.Maintenance(ctx)
	if err != nil || m == nil {
		return nil
	}
	return &MaintenanceStatus{RetryAfter: m.RetryAfter, Since: m.Since, By: m.By}
}
