package switcher

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// UpgradeOptions are what `proxy upgrade` can be told.
type UpgradeOptions struct {
	Options
	// Images says how the proxy's image is obtained.
	Images compose.ImagePolicy
	// Yes agrees to a gap, where there is no way without one.
	Yes bool
	// Force replaces the proxy also where nothing differs: what it reads when
	// it starts alone, in a file of the user's own, may have changed.
	Force bool
}

// ReloadProxy validates the proxy's settings, the generated or the user's own,
// and lets the running proxy take them without losing a request. Rejected
// settings are a *compose.InvalidError, and nothing has changed.
func (s *Switcher) ReloadProxy(ctx context.Context, o Options) (Outcome, error) {
	return s.do(ctx, ProxyReload, o, func(ctx context.Context, v *visit, out *Outcome) error {
		n, err := v.nextProxy(ctx, compose.ImagePolicy{LookOnly: true}, o)
		if err != nil {
			return err
		}
		plan, err := planReload(v.state, n)
		if err != nil {
			return err
		}
		return v.runProxy(ctx, plan, n, o, out)
	})
}

// UpgradeProxy replaces the proxy's container where it differs from the file.
// With a holder no request is lost: the new proxy takes over beside the former
// one, which drains and goes. Without one, or where the two cannot stand side by
// side, there is a gap, a *GapError unless
// it is agreed to. A new proxy that does not prove itself is removed, and the
// former one goes on: a *ReplaceError.
func (s *Switcher) UpgradeProxy(ctx context.Context, o UpgradeOptions) (Outcome, error) {
	o.aside = true
	return s.do(ctx, ProxyUpgrade, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		plan, n, err := v.planUpgrade(ctx, o)
		if err != nil {
			return err
		}
		if plan.Gap != nil && !o.Yes && !o.DryRun {
			return &GapError{Proxy: n.Model.Proxy.Service, Gap: *plan.Gap}
		}
		return v.runProxy(ctx, plan, n, o.Options, out)
	})
}

// upgradeUnnoticed replaces the proxy within an `up`, where that costs visitors
// nothing.
func (v *visit) upgradeUnnoticed(ctx context.Context, o UpOptions, out *Outcome) error {
	if !o.DryRun {
		if err := v.observe(ctx); err != nil {
			return err
		}
	}
	if v.state.Proxy == nil || v.state.Model == nil {
		return nil // the dry run of a first up
	}
	images := o.Images
	images.Build = false
	plan, n, err := v.planUpgrade(ctx, UpgradeOptions{Options: o.Options, Images: images})
	var instances *InstancesError
	if errors.As(err, &instances) {
		v.Report.Report(compose.Event{
			Step: string(DoReplaceInstances), Subject: n.Model.Proxy.Service, Status: compose.Warning,
			Text: "is left as it is: " + instances.Error() + "; docker bluegreen proxy upgrade does it",
		})
		return nil
	}
	if err != nil || plan.Empty() {
		return err
	}
	if plan.Gap != nil {
		v.Report.Report(compose.Event{
			Step: string(DoStopProxy), Subject: n.Model.Proxy.Service, Status: compose.Warning,
			Text: n.aside(v.state) + " and is left as it is: replacing it leaves visitors without an answer (" + plan.Gap.String() + "); docker bluegreen proxy upgrade does it",
		})
		return nil
	}
	return v.runProxy(ctx, plan, n, o.Options, out)
}

// aside says why the proxy would be replaced.
func (n nextProxy) aside(s State) string {
	if s.standsIn(n.Model.Proxy) {
		return s.Proxy.Name + " stands in for it"
	}
	return "differs from the file"
}

func (v *visit) planUpgrade(ctx context.Context, o UpgradeOptions) (Plan, nextProxy, error) {
	if v.state.Model == nil {
		return Plan{}, nextProxy{}, &NotStartedError{Project: v.Project, Doing: ProxyUpgrade}
	}
	if err := v.sameProxy(ctx); err != nil {
		return Plan{}, nextProxy{}, err
	}
	images := o.Images
	images.LookOnly = o.DryRun
	n, err := v.nextProxy(ctx, images, o.Options)
	if err != nil {
		return Plan{}, n, err
	}
	n.Force, n.Yes = o.Force, o.Yes || o.DryRun
	plan, err := planUpgrade(v.state, n)
	return plan, n, err
}

// nextProxy asks the file, and the engine for the image, what the proxy is to
// be.
func (v *visit) nextProxy(ctx context.Context, images compose.ImagePolicy, o Options) (n nextProxy, err error) {
	if v.state.Model == nil {
		return n, &NotStartedError{Project: v.Project, Doing: v.sign.Action}
	}
	file := v.Source.Proxy
	n.Model = v.state.Model.WithProxy(v.Source.Model)
	specs, err := v.Engine.Resolve(ctx, append([]string{file.Service}, v.missingHolder()...), images)
	if err != nil {
		return n, err
	}
	n.Spec = specs[0]
	if err := v.remarkHolder(ctx, file.Holder); err != nil {
		return n, err
	}
	service := v.Source.Source.Services[file.Service]
	n.Named = service.ContainerName
	n.Joins = v.Doors.Joins(file, slices.Concat(service.Entrypoint, service.Command))
	why := cmp.Or(v.Doors.Alone(file), v.Doors.Alone(v.state.Model.Proxy))
	n.Gap = Gap{Drain: o.patience(v.state.Model).Drain, Why: why}
	if v.line == nil {
		return n, nil
	}
	history, err := v.line.History(ctx)
	if err != nil {
		return n, err
	}
	n.Gap.Last = lastGap(history)
	if err := v.compare(ctx, n.Model); err != nil {
		return n, err
	}
	return n, v.observeCounters(ctx, n.Model)
}

// remarkHolder tells of a holder that differs from the file: it is what visitors
// connect to, so no command replaces it.
func (v *visit) remarkHolder(ctx context.Context, holder string) error {
	running := v.state.Of(holder)
	if len(running) == 0 {
		return nil
	}
	specs, err := v.Engine.Resolve(ctx, []string{holder}, compose.ImagePolicy{LookOnly: true})
	if err != nil || specs[0].UpToDate(running[0]) {
		return err
	}
	v.Report.Report(compose.Event{
		Step: "resolve", Subject: holder, Status: compose.Warning,
		Text: "differs from the file and is left as it is: it holds the ports, and replacing it cuts all visitors off; docker compose up -d does it",
	})
	return nil
}

// runProxy runs a plan for the proxy and observes what came of it.
func (v *visit) runProxy(ctx context.Context, plan Plan, n nextProxy, o Options, out *Outcome) error {
	r := &runner{visit: v, model: n.Model, patience: o.patience(v.state.Model), command: n.Spec.Command}
	if err := v.execute(ctx, r, plan, out); err != nil || o.DryRun {
		return err
	}
	if err := v.observe(ctx); err != nil {
		return err
	}
	if v.state.Proxy != nil {
		out.Proxy = v.state.Proxy.Name
	}
	out.Left = r.drained
	return nil
}
