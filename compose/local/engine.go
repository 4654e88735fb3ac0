// Package local runs a project on one Docker engine. Containers are made by
// the Compose SDK, so that they are Compose's own in every detail; starting
// and awaiting them is done here, because the SDK starts one container at a
// time and asks for health every half second.
package local

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/docker/cli/cli/command"
	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Engine is one project on one Docker engine. It keeps no state of its own
// between calls, and is safe for concurrent use as long as nobody edits the
// source meanwhile.
type Engine struct {
	cli    command.Cli
	name   string
	source *compose.Project
	report compose.Reporter
}

// New makes the engine of the project called name, on the engine that cli
// talks to. source is the loaded file, which the caller may still edit
// (images, replicas): it is read at each call. It is nil for commands that
// work without a file; Resolve and Create then fail, and Start starts every
// container as it was made.
func New(cli command.Cli, name string, source *compose.Project, report compose.Reporter) *Engine {
	return &Engine{cli: cli, name: name, source: source, report: report}
}

// errNoFile is the cause when something can be done with a file only.
var errNoFile = errors.New("no Compose file is loaded")

func (e *Engine) api() client.APIClient { return e.cli.Client() }

// The steps under which events are reported.
const (
	stepResolve = "resolve"
	stepCreate  = "create"
	stepStart   = "start"
	stepAwait   = "await"
	stepFinish  = "finish"
	stepStop    = "stop"
	stepRemove  = "remove"
	stepDown    = "down"
)

// tell reports what happened to one container.
func (e *Engine) tell(step string, c compose.Container, status compose.Status, text string) {
	e.report.Report(compose.Event{
		Step: step, Subject: c.Name, Colour: e.colour(c.Service), Status: status, Text: text,
	})
}

// colour tells to which colour a service belongs, as far as the file says.
func (e *Engine) colour(service string) compose.Colour {
	if e.source == nil {
		return ""
	}
	if _, colour, ok := e.source.PartOf(service); ok {
		return colour
	}
	blue := slices.Contains(e.source.Jobs[compose.Blue], service)
	green := slices.Contains(e.source.Jobs[compose.Green], service)
	switch {
	case blue && !green:
		return compose.Blue
	case green && !blue:
		return compose.Green
	default:
		return ""
	}
}

// serviceOf guesses a container's service from its name, which the SDK's
// events have nothing beside.
func (e *Engine) serviceOf(container string) string {
	name := strings.TrimPrefix(container, e.name+api.Separator)
	if end := strings.LastIndex(name, api.Separator); end > 0 {
		return name[:end]
	}
	return name
}

// containersOf lists the containers of some services.
func (e *Engine) containersOf(ctx context.Context, services []string) ([]compose.Container, error) {
	all, err := e.Observe(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(c compose.Container) bool {
		return !slices.Contains(services, c.Service)
	}), nil
}
