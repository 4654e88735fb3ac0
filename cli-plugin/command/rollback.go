package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func rollbackCommand(a *app) *cobra.Command {
	var options switcher.SwitchOptions
	cmd := &cobra.Command{
		Use:   "rollback [OPTIONS]",
		Short: "Go back to what served before the last release",
		Long: `Send all traffic back to the colour that had it before. It needs no argument.

At once where that colour's containers run; else they are started as they were
(no build, no pull), awaited, and then given the traffic. It needs no Compose
file: one that has changed, or does not even parse, does not matter. Where it
cannot be done it says so before anything is tried; "status" forecasts it.

While a canary is on, it is what is undone: everybody is taken back.`,
		Example: `  docker bluegreen rollback`,
		Args:    stopOldArguments(&options.StopOld, &options.Retire, noArguments),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.change(cmd, noFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				return p.Rollback(ctx, options)
			})
		},
	}
	stopOldFlag(cmd.Flags(), &options.StopOld, &options.Retire)
	waitFlag(cmd.Flags(), &options.Options)
	drainFlags(cmd.Flags(), &options.Options)
	lockFlag(cmd.Flags(), &options.Options)
	hooksFlag(cmd.Flags(), &options.Options)
	probeFlag(cmd.Flags(), &options.Options)
	return cmd
}
