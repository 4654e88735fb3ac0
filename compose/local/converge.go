package local

import (
	"context"
	"fmt"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Converge brings services to what the file says, as `docker compose up -d
// --wait --no-deps` does: containers that differ are replaced and keep their
// anonymous volumes, those beyond the wanted number are removed, and all are
// started in the order of depends_on and awaited. One-shot services, on whose
// completion others wait, run to their end. A network or volume that would be
// made anew is a *DriftError, a container that does not become ready an
// *compose.UnhealthyError.
func (e *Engine) Converge(ctx context.Context, services []string) error {
	p, err := e.narrow(services)
	if err != nil {
		return fmt.Errorf("converge services: %w", err)
	}
	if _, err := e.images(ctx, p, compose.ImagePolicy{}); err != nil {
		return err
	}
	err = e.make(ctx, p, api.CreateOptions{
		Services:             services,
		Recreate:             api.RecreateDiverged,
		RecreateDependencies: api.RecreateDiverged,
		Inherit:              true,
	})
	if err != nil {
		return fmt.Errorf("converge services: %w", err)
	}
	return e.bringUp(ctx, p)
}

// bringUp starts services after those that they depend on.
func (e *Engine) bringUp(ctx context.Context, p *types.Project) error {
	var lasting []string
	for _, wave := range startOrder(p) {
		var start, await, finish []string
		for _, name := range wave {
			switch e.awaitedAs(name) {
			case types.ServiceConditionCompletedSuccessfully:
				finish = append(finish, name)
				continue
			case types.ServiceConditionHealthy:
				await = append(await, name)
			}
			start = append(start, name)
		}
		lasting = append(lasting, start...)
		if err := e.Start(ctx, start); err != nil {
			return err
		}
		if err := e.Finish(ctx, finish); err != nil {
			return err
		}
		if err := e.Await(ctx, await); err != nil {
			return err
		}
	}
	return e.Await(ctx, lasting)
}

// awaitedAs is the strictest condition on which the file's services depend on
// one; empty when none does.
func (e *Engine) awaitedAs(name string) string {
	strictest := ""
	for _, s := range e.source.Source.AllServices() {
		switch condition := s.DependsOn[name].Condition; condition {
		case types.ServiceConditionCompletedSuccessfully:
			return condition
		case types.ServiceConditionHealthy:
			strictest = condition
		}
	}
	return strictest
}
