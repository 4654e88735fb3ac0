package command

import (
	"context"
	"io"

	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
)

// engine is what the verbs need of the place where containers run, beside
// the release logic.
type engine interface {
	Observe(ctx context.Context) ([]compose.Container, error)
	Logs(ctx context.Context, o compose.LogOptions, out, errs io.Writer) error
	Down(ctx context.Context, o compose.DownOptions) error
	// Changes tells that the project's containers changed, until ctx ends.
	Changes(ctx context.Context) <-chan struct{}
}

// localEngine adds to the engine what only `status --watch` needs.
type localEngine struct {
	*local.Engine
	api     client.APIClient
	project string
}

// Changes implements engine. A change that nobody has asked for yet stands
// for all that follow it. When the stream of events breaks, nothing more is
// told: whoever watches also looks by himself now and then.
func (e localEngine) Changes(ctx context.Context) <-chan struct{} {
	stream := e.api.Events(ctx, client.EventsListOptions{Filters: e.filters()})
	changes := make(chan struct{}, 1)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-stream.Err: //nolint:errcheck // whoever watches also looks now and then
				return
			case <-stream.Messages:
			}
			select {
			case changes <- struct{}{}:
			default:
			}
		}
	}()
	return changes
}

// filters leaves out the execs, of which looking at the status is one.
func (e localEngine) filters() client.Filters {
	f := make(client.Filters).
		Add("label", api.ProjectLabel+"="+e.project).
		Add("type", string(events.ContainerEventType))
	for _, action := range []events.Action{
		events.ActionCreate, events.ActionStart, events.ActionDie, events.ActionDestroy,
		events.ActionPause, events.ActionUnPause, events.ActionHealthStatus,
	} {
		f.Add("event", string(action))
	}
	return f
}
