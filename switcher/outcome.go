package switcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Outcome is what a command that changes something has come to.
type Outcome struct {
	Project string `json:"project"`
	Verb    string `json:"verb"`
	// Plan is what was done, or for a dry run what would be.
	Plan   Plan `json:"plan"`
	DryRun bool `json:"dryRun,omitempty"`
	// Active takes all traffic now; Colour is what the command worked on.
	Active compose.Colour `json:"active"`
	Colour compose.Colour `json:"colour"`
	// Release and Images are what Colour runs, by pair.
	Release string            `json:"release"`
	Images  map[string]string `json:"images"`
	// Canary is the share of the other colour now, in percent.
	Canary int `json:"canary,omitempty"`
	// Switched tells that the traffic was moved.
	Switched bool `json:"switched"`
	// Drained names the colour that was drained; Left is what it still
	// served when the drain ended.
	Drained compose.Colour `json:"drained,omitempty"`
	Left    InFlight       `json:"left"`
	// Retire is the colour that is to be stopped later; nil for none.
	Retire *Retirement `json:"retire,omitempty"`
	// Checks is how many checks were made, and passed; nil for none.
	Checks *Checked `json:"checks,omitempty"`
	// Baked is what a watch after the switch has found; nil without one.
	Baked *Baked `json:"bake,omitempty"`
	// Proxy is the container that a new proxy runs in, and Gap how long
	// visitors got no answer meanwhile.
	Proxy string        `json:"proxy,omitempty"`
	Gap   time.Duration `json:"gap,omitempty"`
	// Probe is what requests met with while the traffic moved; nil where it was
	// not probed.
	Probe *Probe `json:"probe,omitempty"`
	// Maintenance tells that visitors are turned away, after a command about
	// that.
	Maintenance bool `json:"maintenance,omitempty"`
	// Took is how long the command took.
	Took time.Duration `json:"took"`
	// begun tells that a release was begun, although it did not come to a
	// plan.
	begun bool
	// told is what hooks were told last.
	told occasion
}

// work plans and runs within a visit and fills in an outcome.
type work func(ctx context.Context, v *visit, out *Outcome) error

// do is the frame of every command that changes something: lock, observe,
// plan and run, record.
func (s *Switcher) do(ctx context.Context, verb string, o Options, w work) (Outcome, error) {
	out := Outcome{Project: s.Project, Verb: verb, DryRun: o.DryRun}
	began := s.Now()
	v, err := s.begin(ctx, verb, o)
	if err != nil {
		return out, interrupted(ctx, verb, err, "nothing was changed")
	}
	defer v.end()
	before := v.state.Active()
	if err = v.recordInterrupted(ctx, o.DryRun); err == nil {
		err = v.readHooks(ctx, o)
	}
	if err == nil {
		err = v.readChecks(ctx, o)
	}
	if err == nil {
		err = v.settle(ctx, verb, o, &out)
	}
	if err == nil {
		err = v.handBack(ctx, before, o, w(ctx, v, &out))
	}
	out.Took = s.Now().Sub(began)
	out.Active, out.Canary = v.active(), v.state.Canary()
	out.Retire = v.state.Retirement()
	out.Switched = err == nil && out.Active != before
	if err == nil {
		err = out.losses(before)
	}
	if o.DryRun {
		out.Plan.OnFailure = v.planHooks(compose.OnFailure, out.told)
		return out, err
	}
	if err = v.conclude(ctx, before, out, err); err != nil {
		v.reportFailure(ctx, out, err)
	}
	return out, err
}

// active is the active colour after the steps that ran.
func (v *visit) active() compose.Colour { return v.state.Active() }

// execute runs a plan, unless it is a dry run, and adds it to the outcome.
func (v *visit) execute(ctx context.Context, r *runner, p Plan, out *Outcome) error {
	out.Plan.Steps = append(out.Plan.Steps, p.Steps...)
	out.Plan.Nothing = p.Nothing
	if p.Gap != nil {
		out.Plan.Gap = p.Gap
	}
	if out.DryRun {
		return nil
	}
	err := r.run(ctx, p)
	out.Gap += r.gap
	if r.baked != nil {
		out.Baked = r.baked
	}
	if r.examined != nil {
		out.Checks = r.examined
	}
	if probe := r.endProbe(ctx); probe != nil {
		out.Probe = probe
	}
	for _, s := range p.Steps {
		if s.Action == DoDrain {
			out.Drained, out.Left = s.Colour, r.drained
		}
	}
	return err
}

// conclude writes the history and turns a cancelled command's error into one
// that names the state left. It works on a context of its own, for the
// command's may be over.
func (v *visit) conclude(ctx context.Context, before compose.Colour, out Outcome, err error) error {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), settle)
	defer cancel()
	err = interrupted(ctx, out.Verb, err, v.left(out))
	refused := out.Plan.Empty() && !out.begun
	if refused || err == nil && !v.committed() && (moves(out.Verb) || out.Verb == Canary) {
		return err // nothing was done, or nothing that is an event in the project's life
	}
	if failed := v.line.Append(own, v.record(before, out, err)); failed != nil {
		return errors.Join(err, fmt.Errorf("write the history: %w", failed))
	}
	return err
}

// committed tells that this very command has made a colour active.
func (v *visit) committed() bool {
	return v.state.Routing != nil && v.state.Routing.Since.Equal(v.sign.At)
}

// left says which state an interrupted command leaves.
func (v *visit) left(out Outcome) string {
	state := "no colour takes traffic"
	if active := v.active(); active != "" {
		state = fmt.Sprintf("%s takes all traffic", active)
	}
	if pending := v.state.Pending(); pending != nil && pending.Bake > 0 {
		state += ", and nobody watches it any more (back: docker bluegreen rollback)"
	}
	if pinned := v.state.Traffic().Pinned; pinned != "" && pinned != v.active() {
		state += fmt.Sprintf(" but that of those who began on %s (the next command sends them on)", pinned)
	}
	if share := v.state.Canary(); share > 0 {
		return fmt.Sprintf("%s takes %d%% of the visitors, %s the others", v.active().Other(), share, v.active())
	}
	if out.Colour != "" && out.Colour != v.active() {
		state += fmt.Sprintf(", %s may be half done", out.Colour)
	}
	return state
}

// interrupted makes an InterruptedError of an error that came after the
// command was cancelled.
func interrupted(ctx context.Context, verb string, err error, state string) error {
	var back *RolledBackError
	if err == nil || !errors.Is(ctx.Err(), context.Canceled) || errors.As(err, &back) {
		return err
	}
	return &InterruptedError{Doing: verb, State: state, Err: err}
}

// record is the history's line about a command.
func (v *visit) record(before compose.Colour, out Outcome, err error) Record {
	r := Record{
		Time: v.sign.At, Action: out.Verb, Who: v.Who, From: before, To: out.Colour,
		Release: out.Release, Images: out.Images, Duration: out.Took.Milliseconds(), Gap: out.Gap.Milliseconds(), Result: "done",
		Checks: out.Checks, Baked: out.Baked, Probe: out.Probe,
	}
	if r.From == r.To {
		r.From = ""
	}
	if err != nil {
		r.Error = err.Error()
	}
	var back *RolledBackError
	switch {
	case errors.As(err, &back):
		r.Result, r.Error = "rolled back", back.Baked.String()
	case err != nil && !v.committed():
		r.Result = "failed"
	}
	return r
}

// recordInterrupted finds that a command was killed before it wrote its line
// of the history, and writes it: what it committed stands in the routing.
func (v *visit) recordInterrupted(ctx context.Context, dryRun bool) error {
	r := v.state.Routing
	if r == nil || r.Active == "" || v.state.Lost {
		return nil
	}
	history, err := v.line.History(ctx)
	if err != nil {
		return err
	}
	if n := len(history); n > 0 && !history[n-1].Time.Before(r.Since) {
		return v.recordShare(ctx, history, dryRun)
	}
	v.state.Unrecorded = true
	if dryRun {
		return nil
	}
	record := Record{
		Time: r.Since, Action: r.Action, Who: r.By, From: lastActive(history), To: r.Active,
		Release: r.Release, Result: "done", Error: "interrupted after the traffic had moved",
	}
	if record.From == record.To {
		record.From = ""
	}
	if v.state.Model != nil && v.state.Release(r.Active) == r.Release {
		record.Images = imagesOf(*v.state.Model, r.Active, v.state.Containers)
	}
	return v.line.Append(ctx, record)
}

// lastActive is the colour that was active by the last line of a history.
func lastActive(history []Record) compose.Colour {
	for _, r := range slices.Backward(history) {
		if r.Result == "done" && moves(r.Action) {
			return r.To
		}
	}
	return ""
}
