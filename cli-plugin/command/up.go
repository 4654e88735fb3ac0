package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func upCommand(a *app) *cobra.Command {
	var options switcher.UpOptions
	var file overrides
	cmd := &cobra.Command{
		Use:   "up [OPTIONS] [COLOUR]",
		Short: "Bring up the idle colour beside the active one",
		Long: `Bring the idle colour to what the Compose file says now (image, environment,
replicas) and wait until every replica is healthy for the engine and for the
proxy. The first time it starts shared services and the proxy too, and makes
the colour active.

It never touches the active colour, nor shared services (without --shared) or
the proxy once they run. A colour that does not become healthy in time gives
exit code 3, with its last log lines; it is left as it is, for you to look at,
and the traffic stays where it was. So is one that fails the file's checks
(x-bluegreen.checks): exit code 4, with what was asked and answered.`,
		Example: `  # What the file says, in the idle colour
  docker bluegreen up

  # Another image than the file's, built nowhere and pulled anew
  docker bluegreen up --image web=registry.example/shop:v2 --pull always

  # The images of an earlier release, which the history names
  docker bluegreen up --release 5a1c0b77e2

  # See what would be done
  docker bluegreen up --dry-run`,
		Args:              pullArgument(&options.Images.Pull, colourArgument(&options.Colour)),
		ValidArgsFunction: completeColour,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := releaseAlone(cmd); err != nil {
				return err
			}
			return a.change(cmd, needFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				if err := file.apply(p.source); err != nil {
					return switcher.Outcome{}, err
				}
				return p.Up(ctx, options)
			})
		},
	}
	upFlags(cmd.Flags(), &options, &file)
	a.completeUpFlags(cmd)
	a.releaseFlag(cmd, &options.Release)
	return cmd
}
