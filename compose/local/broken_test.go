package local_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/docker/cli/cli/command"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
)

// brokenCLI talks to an engine that closes the first streams of events, as one
// does that restarts.
type brokenCLI struct {
	command.Cli
	breaks *atomic.Int64
}

func (c brokenCLI) Client() client.APIClient {
	return brokenClient{APIClient: c.Cli.Client(), breaks: c.breaks}
}

type brokenClient struct {
	client.APIClient
	breaks *atomic.Int64
}

func (c brokenClient) Events(ctx context.Context, o client.EventsListOptions) client.EventsResult {
	if c.breaks.Add(-1) < 0 {
		return c.APIClient.Events(ctx, o)
	}
	errs := make(chan error, 1)
	errs <- io.ErrUnexpectedEOF
	return client.EventsResult{Err: errs}
}

func TestAwaitSubscribesAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "environment: {HEALTH_DELAY: 1s}\n  healthcheck: {retries: 100}"})
	s.create("web-blue")
	s.ok(s.Start(t.Context(), []string{"web-blue"}))
	var breaks atomic.Int64
	breaks.Store(2)
	engine := local.New(brokenCLI{s.cli, &breaks}, s.name, nil, nil)
	s.ok(engine.Await(t.Context(), []string{"web-blue"}))
	if breaks.Load() >= 0 {
		t.Error("the stream never broke")
	}
}

func TestAwaitGivesUpOnAnEngineThatStaysAway(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "environment: {HEALTH_DELAY: 1h}\n  healthcheck: {retries: 1000}"})
	s.create("web-blue")
	s.ok(s.Start(t.Context(), []string{"web-blue"}))
	var breaks atomic.Int64
	breaks.Store(1000)
	err := local.New(brokenCLI{s.cli, &breaks}, s.name, nil, nil).Await(t.Context(), []string{"web-blue"})
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "events") {
		t.Errorf("%v", err)
	}
	if errors.As(err, new(*compose.UnhealthyError)) {
		t.Error("the container is not to blame")
	}
}
