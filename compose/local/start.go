package local

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Start starts the services' containers, stopped and paused ones alike;
// running ones stay as they are. One that is restarting is left to the
// engine. They start in parallel, but for those that depend on others.
//
// The SDK starts the services of which the file asks for more than a start:
// hooks, configs and secrets that are copied into the container, and ranges
// of host ports, which the engine hands out twice when it is asked twice at
// once. Without a file they are started as they were.
func (e *Engine) Start(ctx context.Context, services []string) error {
	containers, err := e.containersOf(ctx, services)
	if err == nil {
		err = e.start(ctx, stepStart, containers)
	}
	if err != nil {
		return fmt.Errorf("start containers: %w", err)
	}
	return nil
}

func (e *Engine) start(ctx context.Context, step string, containers []compose.Container) error {
	for _, wave := range startWaves(containers) {
		if err := e.startWave(ctx, step, wave); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) startWave(ctx context.Context, step string, containers []compose.Container) error {
	bySDK := map[string]bool{}
	var raw []compose.Container
	for _, c := range containers {
		switch {
		case c.Running() || c.State == "restarting":
		case c.State != "paused" && e.needsSDK(c.Service):
			bySDK[c.Service] = true
		default:
			raw = append(raw, c)
		}
	}
	// The SDK first: it is slow, and one failure of it need not start others.
	for _, service := range sortedKeys(bySDK) {
		if err := e.startBySDK(ctx, step, service); err != nil {
			return fmt.Errorf("service %s: %w", service, err)
		}
	}
	return each(ctx, raw, func(ctx context.Context, c compose.Container) error {
		return e.startOne(ctx, step, c)
	})
}

func (e *Engine) startOne(ctx context.Context, step string, c compose.Container) error {
	e.tell(step, c, compose.Working, "starting")
	var err error
	switch c.State {
	case "paused":
		_, err = e.api().ContainerUnpause(ctx, c.ID, client.ContainerUnpauseOptions{})
	case compose.Severed:
		atOnce := 0 // it serves nobody
		_, err = e.api().ContainerRestart(ctx, c.ID, client.ContainerRestartOptions{Timeout: &atOnce})
	default:
		_, err = e.api().ContainerStart(ctx, c.ID, client.ContainerStartOptions{})
	}
	if err != nil {
		e.tell(step, c, compose.Failed, err.Error())
		return fmt.Errorf("%s: %w", c.Name, err)
	}
	e.tell(step, c, compose.Done, "started")
	return nil
}

func (e *Engine) startBySDK(ctx context.Context, step, service string) error {
	p, err := e.narrow([]string{service})
	if err != nil {
		return err
	}
	return e.withSDK(step, func(c api.Compose) error {
		return c.Start(ctx, e.name, api.StartOptions{Project: p, Services: []string{service}})
	})
}

// needsSDK tells whether starting a service takes more than the engine does.
func (e *Engine) needsSDK(service string) bool {
	if e.source == nil {
		return false
	}
	s, ok := e.source.Source.AllServices()[service]
	return ok && (len(s.PreStart) > 0 || len(s.PostStart) > 0 || e.copiesFiles(s) || hasPortRange(s))
}

// copiesFiles tells whether the service has a config or secret that is no
// file: those are copied in at the start.
func (e *Engine) copiesFiles(s types.ServiceConfig) bool {
	source := e.source.Source
	return s.UseAPISocket ||
		slices.ContainsFunc(s.Configs, func(c types.ServiceConfigObjConfig) bool {
			return copied(types.FileObjectConfig(source.Configs[c.Source]))
		}) ||
		slices.ContainsFunc(s.Secrets, func(c types.ServiceSecretConfig) bool {
			return copied(types.FileObjectConfig(source.Secrets[c.Source]))
		})
}

func copied(f types.FileObjectConfig) bool { return f.Content != "" || f.Environment != "" }

func hasPortRange(s types.ServiceConfig) bool {
	return slices.ContainsFunc(s.Ports, func(p types.ServicePortConfig) bool {
		return strings.Contains(p.Published, "-")
	})
}
