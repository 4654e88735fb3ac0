package command

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func downCommand(a *app) *cobra.Command {
	var options switcher.Options
	var what compose.DownOptions
	cmd := &cobra.Command{
		Use:   "down [OPTIONS]",
		Short: "Remove what the project made",
		Long: `Stop and remove the containers and networks of the project, as "docker compose
down" does, with both colours and the proxy. It asks no question, and cuts what
is in flight; but while a release runs it is refused.

The proxy's volume stays, and with it the history and which colour was active;
--volumes removes it together with all other named volumes and their data, and
takes the names away that kept the images of releases, save the last name that
an image has: those are left, and told.`,
		Example: `  docker bluegreen down
  docker bluegreen down --volumes`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.change(cmd, useFile, &options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				return p.down(ctx, options, what)
			})
		},
	}
	cmd.Flags().BoolVarP(&what.Volumes, "volumes", "v", false, "Remove named volumes and their data too")
	cmd.Flags().BoolVar(&what.Orphans, "remove-orphans", false, "Remove containers of services that the file no longer has")
	lockFlag(cmd.Flags(), &options)
	return cmd
}

// down removes the project, or for a dry run says what it would remove.
func (p *project) down(ctx context.Context, o switcher.Options, what compose.DownOptions) (switcher.Outcome, error) {
	out := switcher.Outcome{Project: p.name, Verb: switcher.Down, DryRun: o.DryRun}
	containers, err := p.engine.Observe(ctx)
	if err != nil {
		return out, err
	}
	out.Plan = p.planDown(containers, what)
	if o.DryRun {
		return out, nil
	}
	if err := p.unlocked(ctx, o.LockWait); err != nil {
		return out, err
	}
	return out, p.engine.Down(ctx, what)
}

// planDown lists what goes.
func (p *project) planDown(containers []compose.Container, what compose.DownOptions) switcher.Plan {
	if p.source != nil && !what.Orphans {
		names := p.declared()
		containers = slices.DeleteFunc(slices.Clone(containers), func(c compose.Container) bool {
			return !slices.Contains(names, c.Service)
		})
	}
	var plan switcher.Plan
	if len(containers) > 0 {
		plan.Steps = append(plan.Steps, switcher.Step{
			Action: switcher.DoRemove, Containers: containers, Cause: "both colours, the proxy and shared services go",
		})
	}
	plan.Steps = append(plan.Steps, switcher.Step{
		Action: switcher.DoRemove, Services: []string{"networks"}, Cause: "nothing of the project uses them then",
	})
	if what.Volumes {
		plan.Steps = append(plan.Steps, switcher.Step{
			Action: switcher.DoRemove, Services: []string{"volumes"}, Cause: "--volumes says so",
		}, switcher.Step{
			Action: switcher.DoForget, Services: []string{"releases"}, Cause: "their images are not to be brought back any more",
		})
	}
	return plan
}

// unlocked waits until no release runs. It takes no lock: the lock's file is
// one of the things that go. A proxy that cannot be asked must not keep a
// broken project from being removed.
func (p *project) unlocked(ctx context.Context, wait time.Duration) error {
	for end := time.Now().Add(wait); ; {
		status, err := p.Status(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil || status.Operation == nil:
			return nil
		case time.Now().After(end):
			return &switcher.LockedError{Project: p.name, Holder: *status.Operation}
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}
