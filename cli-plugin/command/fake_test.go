package command

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/docker/cli/cli/command"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// fake is a project on which every verb succeeds at once and is remembered.
type fake struct {
	asked   any // the options of the last call
	options compose.Options
	need    need
	status  switcher.Status
	records []switcher.Record
	checked switcher.CheckReport
	running []compose.Container
	source  *compose.Project
	err     error
}

func (f *fake) remember(options any) (switcher.Outcome, error) {
	f.asked = options
	return switcher.Outcome{Plan: switcher.Plan{Nothing: "all is as it should be"}}, f.err
}

func (f *fake) Up(_ context.Context, o switcher.UpOptions) (switcher.Outcome, error) {
	return f.remember(o)
}

func (f *fake) Switch(_ context.Context, o switcher.SwitchOptions) (switcher.Outcome, error) {
	return f.remember(o)
}

func (f *fake) Rollback(_ context.Context, o switcher.SwitchOptions) (switcher.Outcome, error) {
	return f.remember(o)
}

func (f *fake) Deploy(_ context.Context, o switcher.DeployOptions) (switcher.Outcome, error) {
	return f.remember(o)
}

func (f *fake) Canary(_ context.Context, o switcher.CanaryOptions) (switcher.Outcome, error) {
	return f.remember(o)
}

func (f *fake) Scale(_ context.Context, o switcher.ScaleOptions) (switcher.Outcome, error) {
	return f.remember(o)
}

func (f *fake) Stop(_ context.Context, o switcher.StopOptions) (switcher.Outcome, error) {
	return f.remember(o)
}

func (f *fake) ReloadProxy(_ context.Context, o switcher.Options) (switcher.Outcome, error) {
	return f.remember(o)
}

func (f *fake) UpgradeProxy(_ context.Context, o switcher.UpgradeOptions) (switcher.Outcome, error) {
	return f.remember(o)
}

func (f *fake) Maintain(_ context.Context, o switcher.MaintenanceOptions) (switcher.Outcome, error) {
	return f.remember(o)
}

func (f *fake) Check(_ context.Context, c compose.Colour) (switcher.CheckReport, error) {
	f.asked = c
	return f.checked, f.err
}

func (f *fake) Status(context.Context) (switcher.Status, error)    { return f.status, f.err }
func (f *fake) History(context.Context) ([]switcher.Record, error) { return f.records, f.err }

func (f *fake) Observe(context.Context) ([]compose.Container, error) { return f.running, f.err }

func (f *fake) Logs(_ context.Context, o compose.LogOptions, out, _ io.Writer) error {
	o.Paint = nil // functions do not compare
	f.asked = o
	_, err := io.WriteString(out, "a log line\n")
	return err
}

func (f *fake) Down(_ context.Context, o compose.DownOptions) error {
	f.asked = o
	return f.err
}

func (*fake) Changes(context.Context) <-chan struct{} { return nil }

// newApp is an app whose stdout can be read.
func newApp(t *testing.T) (*app, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	cli, err := command.NewDockerCli(command.WithOutputStream(&out), command.WithErrorStream(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	return &app{cli: cli, globals: &globals{}}, &out
}

// run types a command line and gives what is printed on both streams.
func (f *fake) run(t *testing.T, args ...string) (out, errs string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cli, err := command.NewDockerCli(command.WithOutputStream(&stdout), command.WithErrorStream(&stderr))
	if err != nil {
		t.Fatal(err)
	}
	root := newRoot(cli, func(_ context.Context, _ command.Cli, o compose.Options, n need, _ compose.Reporter) (*project, error) {
		f.options, f.need = o, n
		return &project{releaser: f, engine: f, name: "hello", source: f.source}, nil
	})
	root.PersistentPreRunE = nil // Docker's framework is not there
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetArgs(args)
	root.SetContext(t.Context())
	err = root.Execute()
	return stdout.String(), stderr.String(), err
}
