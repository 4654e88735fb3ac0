package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func stopCommand(a *app) *cobra.Command {
	var options switcher.StopOptions
	cmd := &cobra.Command{
		Use:   "stop [OPTIONS] [COLOUR]",
		Short: "Stop the idle colour",
		Long: `Stop the idle colour's containers (or those of the named colour) once what they
still serve has ended. The containers stay, so that a rollback can start them.

It refuses the active colour without --force, and a colour that still serves
after the drain timeout without --cut.`,
		Example: `  docker bluegreen stop

  # What "switch --stop-old after 10m" left running, in a timer
  docker bluegreen stop --due`,
		Args: colourArgument(&options.Colour),

		ValidArgsFunction: completeColour,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if options.Due && (options.Colour != "" || options.Force) {
				return status(wrong(cmd, "--due: which colour it is, and when, is settled already"))
			}
			return a.change(cmd, noFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				return p.Stop(ctx, options)
			})
		},
	}
	cmd.Flags().BoolVar(&options.Due, "due", false, "Only what --stop-old or the file's retire wants stopped by now, else nothing: for a timer")
	cmd.Flags().BoolVar(&options.Force, "force", false, "Stop the active colour too: visitors get errors then")
	drainFlags(cmd.Flags(), &options.Options)
	lockFlag(cmd.Flags(), &options.Options)
	return cmd
}
