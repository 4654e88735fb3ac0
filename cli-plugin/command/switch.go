package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func switchCommand(a *app) *cobra.Command {
	var options switcher.SwitchOptions
	cmd := &cobra.Command{
		Use:   "switch [OPTIONS] [COLOUR]",
		Short: "Send all traffic to the other colour",
		Long: `Send all traffic of all pairs to the idle colour (or the named one), in one
step, and wait for what the former colour still serves.

It refuses a colour of which not every replica is ready for the engine and for
the proxy. Requests, streams and websockets in flight stay with the former
colour until they end: nothing is cut without --cut. The new value is durable
before it is visible, and read back. The former colour keeps running for a
rollback (without --stop-old). Switching to the active colour does nothing.`,
		Example: `  # To the idle colour
  docker bluegreen switch

  # Give long downloads five minutes, then stop the former colour
  docker bluegreen switch --drain-timeout 5m --stop-old`,
		Args:              colourArgument(&options.Colour),
		ValidArgsFunction: completeColour,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.change(cmd, noFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				return p.Switch(ctx, options)
			})
		},
	}
	stopOldFlag(cmd.Flags(), &options.StopOld)
	drainFlags(cmd.Flags(), &options.Options)
	lockFlag(cmd.Flags(), &options.Options)
	return cmd
}
