package switcher

import (
	"context"
	"fmt"
	"io"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Shell runs the hooks that are commands of the machine where the tool runs.
type Shell interface {
	// Run runs a command to its end; both its outputs go to out. When ctx
	// ends, the command is killed with all that it has started.
	Run(ctx context.Context, c ShellCommand, out io.Writer) error
}

// ShellCommand is what a Shell runs.
type ShellCommand struct {
	Line string
	// Directory is where it runs, Env what it finds in its environment beside
	// what the tool itself has there ("NAME=value").
	Directory string
	Env       []string
}

// hookable tells of the verbs around which hooks run.
func hookable(verb string) bool {
	return verb == Up || verb == Switch || verb == Rollback || verb == Deploy || verb == Canary
}

// readHooks finds the file whose hooks this command runs. `switch` and
// `rollback` work without one: they ask for it, and go by what the last `up`
// recorded when it cannot be read. A rollback must be possible whatever has
// become of the file; a switch may well be checked by a hook.
func (v *visit) readHooks(ctx context.Context, o Options) error {
	switch {
	case o.NoHooks || !hookable(v.sign.Action):
		return nil
	case v.Source != nil:
		v.hooked = v.Source
		return nil
	case v.Hooked == nil:
		return nil
	}
	file, err := v.Hooked(ctx)
	recorded := v.state.Model != nil && v.state.Model.Hooked
	switch {
	case err == nil:
		v.hooked = file
		return nil
	case !recorded:
		return nil
	case v.sign.Action != Rollback:
		return &HooksUnreadError{Doing: v.sign.Action, Err: err}
	}
	v.Report.Report(compose.Event{
		Step: string(DoHook), Subject: "file", Status: compose.Warning,
		Text: fmt.Sprintf("the hooks are left out, for the file cannot be read: %s", oneLine(err)),
	})
	return nil
}

// runHooks runs the hooks of a moment, or for a dry run lists them. They may
// take their time, so what a next move is planned by is observed anew.
func (v *visit) runHooks(ctx context.Context, at compose.Moment, told occasion, out *Outcome) error {
	p := Plan{Steps: v.planHooks(at, told)}
	if p.Empty() {
		return nil
	}
	if err := v.execute(ctx, &runner{visit: v}, p, out); err != nil || out.DryRun || !moreFollows(at) {
		return err
	}
	return v.observe(ctx)
}

// planHooks plans the hooks of a moment.
func (v *visit) planHooks(at compose.Moment, told occasion) []Step {
	if v.hooked == nil {
		return nil
	}
	return planHooks(v.hooked.Hooks, at, told)
}

// around runs the hooks before and after what a plan moves, if anything.
func (v *visit) around(
	ctx context.Context, verb string, out *Outcome,
	plan func() (Plan, error), run func(Plan) error,
) error {
	p, err := plan()
	if err != nil {
		return err
	}
	told, moves := v.movedBy(p, verb)
	if moves {
		out.told, out.Colour, out.Release, out.Images = told, told.To, told.Release, told.Images
		if p, err = v.before(ctx, verb, out, p, plan); err != nil {
			return err
		}
	}
	if err := run(p); err != nil || told.To == "" {
		return err
	}
	return v.runHooks(ctx, after(verb), told.done(), out)
}

// before runs the hooks before a move. After them it is planned anew: replicas
// can have failed meanwhile.
func (v *visit) before(ctx context.Context, verb string, out *Outcome, p Plan, plan func() (Plan, error)) (Plan, error) {
	if v.guarded == verb {
		return p, nil // a command of several shares, whose hooks have run before the first
	}
	steps := len(out.Plan.Steps)
	if err := v.runHooks(ctx, before(verb), out.told, out); err != nil {
		return p, err
	}
	v.guarded = verb
	if out.DryRun || len(out.Plan.Steps) == steps {
		return p, nil
	}
	return plan()
}

// reportFailure runs the hooks of a command that has failed. Where it was
// interrupted they have a context of their own.
func (v *visit) reportFailure(ctx context.Context, out Outcome, err error) {
	told := out.told
	told.Project, told.Action, told.Result, told.Error = v.Project, out.Verb, "failed", oneLine(err)
	if told.To == "" {
		told.From, told.To = v.active(), out.Colour
	}
	if ctx.Err() != nil {
		ctx = context.WithoutCancel(ctx)
	}
	_ = v.runHooks(ctx, compose.OnFailure, told, &out) // one that fails has said so
}
