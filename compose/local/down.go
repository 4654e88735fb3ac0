package local

import (
	"context"
	"fmt"

	"github.com/docker/compose/v5/pkg/api"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Down stops and removes what the project made, as `docker compose down` does
// with every profile active. Without a file, the labels say what that is.
func (e *Engine) Down(ctx context.Context, options compose.DownOptions) error {
	if err := e.removeHelpers(ctx); err != nil {
		return fmt.Errorf("take project %s down: %w", e.name, err)
	}
	down := api.DownOptions{Volumes: options.Volumes, RemoveOrphans: options.Orphans}
	if e.source != nil {
		all, err := e.source.Source.WithProfiles([]string{"*"})
		if err != nil {
			return fmt.Errorf("take project %s down: %w", e.name, err)
		}
		down.Project = all
	}
	err := e.withSDK(stepDown, func(c api.Compose) error { return c.Down(ctx, e.name, down) })
	if err != nil {
		return fmt.Errorf("take project %s down: %w", e.name, err)
	}
	if !options.Volumes {
		return nil
	}
	if err := e.forgetReleases(ctx); err != nil {
		return fmt.Errorf("take project %s down: %w", e.name, err)
	}
	return nil
}

// forgetReleases takes away the names that kept the images of releases: what
// they are for went with the volume. The last name that an image has stays, for
// the image would go with it, and nobody has said that.
func (e *Engine) forgetReleases(ctx context.Context) error {
	spare, last, err := e.Spare(ctx)
	if err != nil {
		return err
	}
	for _, name := range last {
		e.report.Report(compose.Event{
			Step: stepDown, Subject: name, Status: compose.Warning,
			Text: "is the last name of its image, so it is left; to remove the image: docker image rm " + name,
		})
	}
	return e.Forget(ctx, spare)
}

// removeHelpers removes what a killed client has left, which would keep the
// volume in use.
func (e *Engine) removeHelpers(ctx context.Context) error {
	found, err := e.helpers(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, c := range found {
		ids = append(ids, c.ID)
	}
	return each(ctx, ids, e.discard)
}
