package switcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Patience is how long a command waits for what.
type Patience struct {
	// Ready is for a colour's replicas to pass their checks.
	Ready time.Duration
	// Drain is for a colour's sessions to end.
	Drain time.Duration
	// Cut lets a step that would cut sessions go on after Drain.
	Cut bool
}

// The peers' defaults, used where neither flag nor file says otherwise.
const (
	DefaultReady = 60 * time.Second
	DefaultDrain = 30 * time.Second
)

// settle bounds the short steps that a Ctrl-C must not split, and election those
// on a Swarm, whose managers may have to choose a leader in the middle.
const (
	settle   = 20 * time.Second
	election = 2 * time.Minute
)

// runner executes plans. It decides nothing: what is done stands in the plan.
type runner struct {
	*visit
	model    compose.Model
	patience Patience
	drained  InFlight // what the last drain left in flight
	token    string   // opens the preview from now on
	command  []string // what the next proxy is to run
	// succession is the replacement of the proxy under way; nil for none.
	*succession
	gap      time.Duration // for which no proxy served
	examined *Checked      // what came of the checks; nil without any
	// baked is what came of a bake; nil without one.
	baked *Baked
	// outcome is what came of a step, where that is not what its name says.
	outcome string
	// probing is the probe under way, and probe what one has come to; nil for
	// none.
	probing Probing
	probe   *Probe
	// warned tells that a step has said of itself that it failed, and that
	// the plan goes on all the same.
	warned bool
}

// run executes the steps in order and ends at the first that fails.
func (r *runner) run(ctx context.Context, p Plan) error {
	for _, step := range p.Steps {
		if err := ctx.Err(); err != nil {
			return r.giveUp(ctx, err)
		}
		r.outcome, r.warned = "", false
		r.report(step, compose.Working, "")
		if err := r.step(ctx, step); err != nil {
			r.report(step, compose.Failed, err.Error())
			return r.giveUp(ctx, err)
		}
		if !r.warned {
			r.report(step, compose.Done, r.outcome)
		}
	}
	return nil
}

// step executes one step.
func (r *runner) step(ctx context.Context, s Step) error {
	switch s.Action {
	case DoCreate, DoCreateProxy:
		return r.Engine.Create(ctx, s.Services)
	case DoReplaceInstances:
		return r.replaceInstances(ctx, s)
	case DoConverge:
		return r.Engine.Converge(ctx, s.Services)
	case DoStart:
		return r.Engine.Start(ctx, s.Services)
	case DoFinish:
		return r.Engine.Finish(ctx, s.Services)
	case DoAwait:
		return r.within(ctx, func(ctx context.Context) error { return r.Engine.Await(ctx, s.Services) })
	case DoReady:
		return r.within(ctx, func(ctx context.Context) error { return r.ready(ctx, s.Colour) })
	case DoStop:
		return r.stop(ctx, s)
	case DoRemove:
		return r.Engine.Remove(ctx, ids(s.Containers))
	case DoStartProxy:
		return r.startProxy(ctx)
	case DoKeep:
		return r.keep(ctx, s)
	case DoForget:
		return r.forget(ctx, s)
	case DoParkWorkers, DoStartWorkers, DoEndWorkers:
		return r.workers(ctx, s)
	case DoStay:
		return wait(ctx, s.For)
	case DoPin:
		return wait(ctx, r.patience.Drain)
	case DoHook:
		return r.hook(ctx, *s.Hook)
	case DoCheck:
		return r.check(ctx, s)
	case DoBaseline:
		return r.baseline(ctx, s)
	case DoBake:
		return r.bakeColour(ctx, s)
	case DoProbe:
		return r.beginProbe(ctx, s)
	case DoTally:
		return r.tally(ctx, s)
	case DoTry, DoAddProxy, DoStopProxy, DoSucceed, DoProve, DoRetireProxy, DoRest, DoYield:
		return r.replace(ctx, s)
	default:
		return r.control(ctx, s)
	}
}

// stop stops containers, and has the running proxy forget them.
func (r *runner) stop(ctx context.Context, s Step) error {
	err := r.Engine.Stop(ctx, ids(s.Containers))
	if err != nil || !r.state.ProxyRunning {
		return err
	}
	return r.enrol(ctx, s.Colour)
}

// enrol sees which containers there are now, and tells the proxy.
func (r *runner) enrol(ctx context.Context, c compose.Colour) error {
	if err := r.observeContainers(ctx); err != nil {
		return err
	}
	return r.line.Enrol(ctx, r.state.Side(r.model, c))
}

// replace executes the steps by which one proxy takes another one's place.
func (r *runner) replace(ctx context.Context, s Step) error {
	switch s.Action {
	case DoTry:
		return r.try(ctx)
	case DoAddProxy:
		return r.addProxy(ctx, s)
	case DoStopProxy:
		return r.stopProxy(ctx, s)
	case DoSucceed:
		return r.startSuccessor(ctx, s)
	case DoProve:
		return r.prove(ctx)
	case DoRest:
		return r.rest(ctx, s)
	case DoYield:
		return r.yields(ctx, s.Containers[0])
	default:
		return r.retireProxy(ctx, s)
	}
}

// control executes the steps that talk to the proxy.
func (r *runner) control(ctx context.Context, s Step) error {
	switch s.Action {
	case DoCommit, DoUnpin:
		return r.write(ctx, s, r.line.Commit)
	case DoShare:
		return r.share(ctx, s)
	case DoNote:
		return r.write(ctx, s, r.line.Note)
	case DoSave:
		return r.line.SaveModel(ctx, r.model)
	case DoPreview:
		return r.line.SetToken(ctx, r.token)
	case DoMaintain:
		return r.line.Maintain(ctx, s.Maintenance)
	case DoConfigure:
		return r.line.Configure(ctx, r.model)
	case DoReload:
		return r.line.Reload(ctx)
	case DoVerify:
		return r.line.Verify(ctx, r.model)
	case DoDrain:
		return r.drain(ctx, s)
	case DoHold:
		return r.line.Hold(ctx, s.Services[0])
	case DoRetire:
		return r.retire(ctx, s)
	case DoReadmit:
		return r.readmit(ctx, s)
	default:
		return fmt.Errorf("step %q is unknown", s.Action)
	}
}

// write commits or notes a routing. A Ctrl-C cannot split it.
func (r *runner) write(ctx context.Context, s Step, put func(context.Context, Routing) error) error {
	limit := settle
	if r.model.Engine == compose.Swarm {
		limit = election
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	if err := put(ctx, *s.Routing); err != nil {
		return err
	}
	r.state.Routing, r.state.Live = s.Routing, s.Routing.Traffic()
	if r.probing != nil && s.Action == DoCommit {
		r.probing.Moved()
	}
	return nil
}

// within bounds a wait for readiness.
func (r *runner) within(ctx context.Context, wait func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, r.patience.Ready)
	defer cancel()
	return wait(ctx)
}

// startProxy starts the proxy and opens the line into it. The line to the
// helper, which holds the lock, stays open to the end.
func (r *runner) startProxy(ctx context.Context) error {
	service := r.model.Proxy.Service
	if err := r.Engine.Start(ctx, []string{service}); err != nil {
		return err
	}
	err := r.within(ctx, func(ctx context.Context) error { return r.Engine.Await(ctx, []string{service}) })
	if err != nil {
		return &ProxyError{Proxy: service, Doing: "start it", Err: err}
	}
	return r.within(ctx, func(ctx context.Context) error { return r.answering(ctx, service) })
}

// answering opens the line into a proxy that has just been started and blocks
// until it answers: its container runs before the proxy in it has read its
// settings. The line is opened anew now and then, for it ends with a container
// that the engine restarts.
func (r *runner) answering(ctx context.Context, service string) error {
	var entered, silent, why error
	for look := 0; ; look++ {
		if look%refresh == 0 {
			entered = r.enterProxy(ctx, service)
		}
		var down *ProxyDownError
		if errors.As(entered, &down) {
			return &ProxyError{Proxy: service, Doing: "start it", Err: errors.New("its container has ended")}
		}
		if silent = entered; entered == nil {
			_, silent = r.line.Live(ctx)
		}
		if silent == nil || permanent(silent) {
			return silent
		}
		if ctx.Err() == nil {
			why = silent // what the end of the time cuts off says nothing
		}
		select {
		case <-ctx.Done():
			if why != nil {
				return why
			}
			return silent
		case <-time.After(glance):
		}
	}
}

// permanent tells that an error says of itself that it will not pass.
func permanent(err error) bool {
	var kind interface{ Permanent() bool }
	return errors.As(err, &kind) && kind.Permanent()
}

// report says how a step goes.
func (r *runner) report(s Step, status compose.Status, text string) {
	if text == "" && status == compose.Working && s.Hook == nil {
		text = s.Cause
	}
	r.Report.Report(compose.Event{Step: string(s.Action), Subject: s.subject(), Colour: s.Colour, Status: status, Text: text})
}
