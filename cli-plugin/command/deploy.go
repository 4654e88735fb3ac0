package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func deployCommand(a *app) *cobra.Command {
	var options switcher.DeployOptions
	var file overrides
	cmd := &cobra.Command{
		Use:   "deploy [OPTIONS] [COLOUR]",
		Short: "Bring up the idle colour and send all traffic to it",
		Long: `Do "up" and then "switch", under one lock: a release in one command.

When it fails before the switch, the active colour is what it was and no
visitor has noticed. A deploy that was killed is finished by the next one.`,
		Example: `  # Release what the file says
  docker bluegreen deploy

  # From a git tag, in CI
  TAG=$(git describe --tags) docker bluegreen deploy --build`,
		Args:              pullArgument(&options.Images.Pull, colourArgument(&options.Colour)),
		ValidArgsFunction: completeColour,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.change(cmd, needFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				if err := file.apply(p.source); err != nil {
					return switcher.Outcome{}, err
				}
				return p.Deploy(ctx, options)
			})
		},
	}
	upFlags(cmd.Flags(), &options.UpOptions, &file)
	stopOldFlag(cmd.Flags(), &options.StopOld)
	a.completeUpFlags(cmd)
	return cmd
}
