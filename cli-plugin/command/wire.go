package command

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/docker/cli/cli/command"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/probe"
	"github.com/bluegreen/docker-bluegreen/cli-plugin/shell"
	"github.com/bluegreen/docker-bluegreen/cli-plugin/version"
	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/cluster"
	"github.com/bluegreen/docker-bluegreen/switcher/haproxy"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// openProject picks the engine and the proxy: the one place that knows which
// there are.
func openProject(ctx context.Context, cli command.Cli, o compose.Options, n need, report compose.Reporter) (*project, error) {
	name, source, err := find(ctx, cli, o, n, report)
	if err != nil {
		return nil, err
	}
	kind, err := engineOf(ctx, cli, name, o, source)
	if err != nil {
		return nil, err
	}
	if kind == compose.Swarm {
		return onSwarm(cli, name, source, o, n, report)
	}
	engine := local.New(cli, name, source, report)
	door := session.Door{Dialer: engine, Project: name}
	if source != nil {
		door.Proxy = source.Proxy
	}
	return assemble(cli, name, source, o, report, engine, doors{door}, localEngine{Engine: engine, api: cli.Client(), project: name}), nil
}

// assemble makes the project of its parts.
func assemble(
	cli command.Cli, name string, source *compose.Project, o compose.Options, report compose.Reporter,
	runs switcher.Engine, doors switcher.Doors, shown engine,
) *project {
	return &project{
		releaser: &switcher.Switcher{
			Project: name, Source: source, File: proxyInFile(o), Hooked: hookedFile(o),
			Engine: runs, Doors: doors, Shell: shell.Shell{},
			Prober: probe.Prober{Engine: cli.DockerEndpoint().Host, Version: version.Version()}, Report: report, Who: who(), Now: time.Now,
		},
		engine: shown, name: name, source: source,
	}
}

// engineOf is the engine that is named. Where no file can be read, a project is
// where it is seen to run; where a file names none, it is one engine, and must not
// run on the Swarm already.
func engineOf(ctx context.Context, cli command.Cli, name string, o compose.Options, source *compose.Project) (compose.EngineKind, error) {
	var kind compose.EngineKind
	readable := source != nil
	if readable {
		kind = source.Engine
	} else {
		kind, readable = compose.EngineOf(ctx, o)
	}
	if kind != "" {
		return kind, nil
	}
	runs, err := swarm.Has(ctx, cli, name)
	switch {
	case err != nil:
		return "", fmt.Errorf("tell whether %s runs on the Swarm of this manager (--engine local is this engine alone): %w", name, err)
	case !runs:
		return compose.OneEngine, nil
	case readable:
		return "", unnamedEngine(name)
	default:
		return compose.Swarm, nil
	}
}

// unnamedEngine keeps a project that runs on a Swarm from being brought up once
// more beside it, on the manager alone.
func unnamedEngine(project string) error {
	return &usageError{
		problem: "project " + project + " runs on the Swarm of which this engine is a manager, and the file names no engine",
		fix:     "write x-bluegreen: {engine: swarm} into the file, or say --engine swarm; --engine local is this engine alone",
	}
}

// onSwarm opens a project on a Swarm, if a Swarm can do what its file wants.
func onSwarm(cli command.Cli, name string, source *compose.Project, o compose.Options, n need, report compose.Reporter) (*project, error) {
	if source != nil && n == needFile {
		stack, err := swarm.Map(source)
		if err != nil {
			return nil, err
		}
		remarks(report, stack.Remarks)
	}
	runs := swarm.New(cli, name, source, report)
	if n == needFile {
		runs.Repairs()
	}
	door := haproxy.FleetDoors{Door: cluster.NewDoor(runs, name, report)}
	return assemble(cli, name, source, o, report, runs, door, runs), nil
}

// find names the project and, where the verb has use for it, loads its file.
func find(ctx context.Context, cli command.Cli, o compose.Options, n need, report compose.Reporter) (string, *compose.Project, error) {
	if n == noFile {
		name, err := nameOf(ctx, cli, o)
		return name, nil, err
	}
	p, err := compose.Load(ctx, o)
	switch {
	case err == nil:
		if n == needFile {
			remarks(report, p.Remarks)
		}
		return p.Name, p, nil
	case n == needFile:
		return "", nil, err
	}
	name, nameless := nameOf(ctx, cli, o)
	if nameless != nil {
		return "", nil, err
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	remarks(report, []string{"the Compose file is of no use (" + first + "): going by what runs"})
	return name, nil, nil
}

// nameOf is the project's name. When the files do not tell it, it is that of
// the only project whose containers were made from their directory.
func nameOf(ctx context.Context, cli command.Cli, o compose.Options) (string, error) {
	name, err := compose.ProjectName(ctx, o)
	if !is[*compose.UnnamedError](err) {
		return name, err
	}
	directory, lost := o.WorkingDir()
	if lost != nil {
		return "", err
	}
	names, unseen := local.ProjectsIn(ctx, cli, directory)
	if unseen != nil || len(names) != 1 {
		return "", err
	}
	return names[0], nil
}

// proxyInFile asks the file, when it must be, which service is the proxy.
func proxyInFile(o compose.Options) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		p, err := compose.Load(ctx, o)
		if err != nil {
			return "", err
		}
		return p.Proxy.Service, nil
	}
}

// hookedFile asks the file, when it must be, for the project's hooks.
func hookedFile(o compose.Options) func(context.Context) (*compose.Project, error) {
	return func(ctx context.Context) (*compose.Project, error) { return compose.LoadHooks(ctx, o) }
}

// remarks reports what a person should know of the file.
func remarks(report compose.Reporter, texts []string) {
	for _, text := range texts {
		report.Report(compose.Event{Step: "load", Subject: "file", Status: compose.Warning, Text: text})
	}
}

// who is the person and machine that give the command: "ann@laptop".
func who() string {
	name := os.Getenv("USER")
	if u, err := user.Current(); name == "" && err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s@%s", name, host)
}
