package command

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/docker/cli/cli"
	"github.com/docker/cli/cli/command"
	"github.com/docker/cli/cli/streams"
	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// app is what all verbs share.
type app struct {
	cli     command.Cli
	globals *globals
	open    opener
}

// opener opens the project that the flags mean.
type opener func(ctx context.Context, cli command.Cli, o compose.Options, n need, report compose.Reporter) (*project, error)

// need says what a verb needs of the Compose file.
type need int

const (
	// noFile works from what runs. Reading the file takes longer than a switch.
	noFile need = iota
	// useFile works from what runs only when the file is broken or gone.
	useFile
	// needFile fails without a file.
	needFile
)

// project is an opened project as the verbs see it.
type project struct {
	releaser
	engine engine
	name   string
	// source is the loaded file; nil where the verb works without one.
	source *compose.Project
}

// releaser is the release logic.
type releaser interface {
	Up(ctx context.Context, o switcher.UpOptions) (switcher.Outcome, error)
	Switch(ctx context.Context, o switcher.SwitchOptions) (switcher.Outcome, error)
	Rollback(ctx context.Context, o switcher.SwitchOptions) (switcher.Outcome, error)
	Deploy(ctx context.Context, o switcher.DeployOptions) (switcher.Outcome, error)
	Canary(ctx context.Context, o switcher.CanaryOptions) (switcher.Outcome, error)
	Scale(ctx context.Context, o switcher.ScaleOptions) (switcher.Outcome, error)
	Stop(ctx context.Context, o switcher.StopOptions) (switcher.Outcome, error)
	ReloadProxy(ctx context.Context, o switcher.Options) (switcher.Outcome, error)
	UpgradeProxy(ctx context.Context, o switcher.UpgradeOptions) (switcher.Outcome, error)
	Maintain(ctx context.Context, o switcher.MaintenanceOptions) (switcher.Outcome, error)
	Check(ctx context.Context, c compose.Colour) (switcher.CheckReport, error)
	Status(ctx context.Context) (switcher.Status, error)
	History(ctx context.Context) ([]switcher.Record, error)
}

// change is the frame of the verbs that change something.
func (a *app) change(
	cmd *cobra.Command, n need, o *switcher.Options,
	call func(context.Context, *project) (switcher.Outcome, error),
) error {
	o.DryRun = a.globals.dryRun
	progress := a.progress(cmd.Name())
	return a.status(run(a, cmd, n, progress, progress, call, a.showOutcome))
}

// look is the frame of the verbs that only look: they end without a word
// when they are interrupted.
func look[R any](
	a *app, cmd *cobra.Command, n need,
	call func(context.Context, *project) (R, error), show func(R) error,
) error {
	err := run(a, cmd, n, a.progress(cmd.Name()), io.Discard, call, show)
	if err != nil && code(err) == codeInterrupted {
		return cli.StatusError{StatusCode: codeInterrupted}
	}
	return a.status(err)
}

// run opens the project, makes one call, and shows what came of it when the
// progress is over.
func run[R any](
	a *app, cmd *cobra.Command, n need, progress display.Progress, remarks io.Writer,
	call func(context.Context, *project) (R, error), show func(R) error,
) error {
	ctx, stop := interruptible(cmd.Context(), remarks, os.Exit)
	defer stop()
	logrus.SetOutput(progress) // what libraries warn of must not garble it

	p, err := a.open(ctx, a.cli, a.globals.project, n, progress.Report)
	var result R
	if err == nil {
		result, err = call(ctx, p)
	}
	progress.Close()
	if err == nil {
		err = show(result)
	}
	return err
}

// progress shows a verb's progress on stderr.
func (a *app) progress(title string) display.Progress {
	return display.NewProgress(a.mode(), title, screen(a.cli.Err()))
}

// screen describes one of the command's streams.
func screen(out *streams.Out) display.Screen {
	return display.Screen{
		Out: out, Now: time.Now, Palette: display.NewPalette(out.IsTerminal(), os.Getenv),
		Size: func() (width, height int) {
			h, w := out.GetTtySize()
			if h == 0 || w == 0 {
				return 80, 24
			}
			return int(w), int(h)
		},
	}
}

// mode is how progress is shown on this stderr.
func (a *app) mode() display.Mode {
	return a.globals.progress.Resolve(a.cli.Err().IsTerminal(), os.Getenv)
}

// palette is for results, which go to stdout.
func (a *app) palette() display.Palette {
	return display.NewPalette(a.cli.Out().IsTerminal(), os.Getenv)
}
