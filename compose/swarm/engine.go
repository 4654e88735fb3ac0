// Package swarm runs a project on a Docker Swarm: each service of the file is a
// service of the Swarm, and what the project remembers lies in the Swarm's own
// raft log. Nothing here does what a Swarm does by itself.
package swarm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/docker/cli/cli/command"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Labels of a project's services. The first one is that of `docker stack`, by
// whose commands the project can be looked at.
const (
	stackLabel   = "com.docker.stack.namespace"
	serviceLabel = "bluegreen.service"
	// hashLabel is what the service was made from, replicasLabel how many
	// replicas it has when it is started: a colour that is stopped has none.
	hashLabel     = "bluegreen.hash"
	replicasLabel = "bluegreen.replicas"
)

// Engine is one project on one Swarm, by one of its managers. It keeps no state
// of its own between commands, and is safe for concurrent use.
type Engine struct {
	cli    command.Cli
	name   string
	source *compose.Project
	report compose.Reporter
	// stack is what the file wants of the Swarm.
	stack func() (*Stack, error)
	// settings are the files of the proxy's instances when they start, beside
	// the file's own; images are the digests of what was resolved, and networks
	// those that are there. All are known within one command.
	settings         *settings
	images, networks *sync.Map
	patience         *patience
	// repairs tells that the control service may be made anew.
	repairs *atomic.Bool
	// prove finds whether a control task of an image is of use.
	prove func(ctx context.Context, image string) error
}

// New makes the engine of the project called name, on the Swarm whose manager
// cli talks to. source is the loaded file; nil for commands that work without
// one: Resolve and Create then fail.
func New(cli command.Cli, name string, source *compose.Project, report compose.Reporter) *Engine {
	e := &Engine{
		cli: cli, name: name, source: source, report: report, stack: mapped(source),
		images: &sync.Map{}, networks: &sync.Map{}, repairs: &atomic.Bool{}, patience: newPatience(),
	}
	e.prove = e.proveControl
	return e
}

// errNoFile is the cause when something can be done with a file only.
var errNoFile = errors.New("no Compose file is loaded")

func (e *Engine) api() client.APIClient { return e.cli.Client() }

// The steps under which events are reported.
const (
	stepResolve = "resolve"
	stepCreate  = "create"
	stepAwait   = "await"
	stepDown    = "down"
)

// qualified is the name that a service of the file has on the Swarm.
func (e *Engine) qualified(service string) string { return e.name + "_" + service }

// mine selects what belongs to the project.
func (e *Engine) mine() client.Filters {
	return make(client.Filters).Add("label", stackLabel+"="+e.name)
}

// services lists the project's services by their names in the file.
func (e *Engine) services(ctx context.Context) (map[string]api.Service, error) {
	found, err := settled(ctx, e, func() (client.ServiceListResult, error) {
		return e.api().ServiceList(ctx, client.ServiceListOptions{Filters: e.mine()})
	})
	if err != nil {
		return nil, e.explain("list the services", err)
	}
	byName := map[string]api.Service{}
	for _, s := range found.Items {
		byName[nameOf(s)] = s
	}
	return byName, nil
}

// nameOf is a service's name in the file.
func nameOf(s api.Service) string {
	if name := s.Spec.Labels[serviceLabel]; name != "" {
		return name
	}
	return strings.TrimPrefix(s.Spec.Name, s.Spec.Labels[stackLabel]+"_")
}

// tell reports what happened to a service.
func (e *Engine) tell(step, service string, status compose.Status, text string) {
	e.report.Report(compose.Event{Step: step, Subject: e.qualified(service), Colour: e.colour(service), Status: status, Text: text})
}

// colour tells to which colour a service belongs, as far as the file says.
func (e *Engine) colour(service string) compose.Colour {
	if e.source == nil {
		return ""
	}
	_, colour, _ := e.source.PartOf(service)
	return colour
}

// explain says what was tried, and knows what a Swarm refuses and why.
func (e *Engine) explain(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &Error{Doing: doing, Err: err}
}

// Error is what a Swarm did not do.
type Error struct {
	Doing string // "list the services"
	Err   error
}

func (e *Error) Error() string {
	if Unsettled(e.Err) {
		return fmt.Sprintf("swarm: %s: the Swarm has no leader: %v", e.Doing, e.Err)
	}
	return fmt.Sprintf("swarm: %s: %v", e.Doing, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Hint says what to type next. The Swarm's errors have no codes for these
// causes: their words are in swarmkit's manager/state/raft and in the engine's
// daemon/cluster.
func (e *Error) Hint() string {
	said := e.Err.Error()
	switch {
	case strings.Contains(said, "not a swarm manager"):
		return "talk to a manager: docker --context MANAGER bluegreen ..., or make this engine one: docker swarm init"
	case Unsettled(e.Err):
		return "more than half of the managers must be up; see them: docker node ls. Then type the command again: it finishes what was begun"
	case strings.Contains(said, outOfSequence):
		return "somebody else has changed it at the same time: type the command again"
	default:
		return ""
	}
}

// outOfSequence is the engine's answer (HTTP status 500) to an update of what
// has changed since it was read.
const outOfSequence = "update out of sequence"

// raced tells that an update lost against another one.
func raced(err error) bool { return err != nil && strings.Contains(err.Error(), outOfSequence) }
