package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func scaleCommand(a *app) *cobra.Command {
	options := switcher.ScaleOptions{Replicas: map[string]int{}}
	cmd := &cobra.Command{
		Use:   "scale [OPTIONS] PAIR=N [PAIR=N…]",
		Short: "Change how many replicas of a pair run",
		Long: `Change how many replicas of pairs run in the active colour (or another), without
a new release: new replicas are what the running ones are.

A new replica takes traffic once it is ready; a surplus one leaves the rotation
and is drained before it goes. When the file says something else than what
runs, scaling would mix two releases, and is refused.`,
		Example: `  docker bluegreen scale web=5
  docker bluegreen scale --colour green web=5 api=3`,
		Args:              replicasArguments(options.Replicas),
		ValidArgsFunction: a.completePairs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.change(cmd, needFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				return p.Scale(ctx, options)
			})
		},
	}
	cmd.Flags().Var((*colourValue)(&options.Colour), "colour", "Scale this `COLOUR`, blue or green (default the active one)")
	waitFlag(cmd.Flags(), &options.Options)
	drainFlags(cmd.Flags(), &options.Options)
	lockFlag(cmd.Flags(), &options.Options)
	completeFlag(cmd, "colour", completeColour)
	return cmd
}
