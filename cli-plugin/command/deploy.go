package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func deployCommand(a *app) *cobra.Command {
	var options switcher.DeployOptions
	var steps steps
	var file overrides
	cmd := &cobra.Command{
		Use:   "deploy [OPTIONS] [COLOUR]",
		Short: "Bring up the idle colour and send all traffic to it",
		Long: `Do "up" and then "switch", under one lock: a release in one command.

When it fails before the switch, the active colour is what it was and no
visitor has noticed. A deploy that was killed is finished by the next one. With
--bake the new colour is watched after the switch, and rolled back when it is
worse than the former one: see "switch".`,
		Example: `  # Release what the file says
  docker bluegreen deploy

  # From a git tag, in CI
  TAG=$(git describe --tags) docker bluegreen deploy --build

  # Back to a release that the history names
  docker bluegreen deploy --release 5a1c0b77e2

  # Watch it for a minute, and go back by itself when it is worse
  docker bluegreen deploy --bake 60s

  # To every tenth visitor first; "switch" sends the others, "rollback" takes all back
  docker bluegreen deploy --canary 10%`,
		Args:              pullArgument(&options.Images.Pull, stopOldArguments(&options.StopOld, &options.Retire, colourArgument(&options.Colour))),
		ValidArgsFunction: completeColour,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := releaseAlone(cmd); err != nil {
				return err
			}
			if options.Steps, err = steps.read(cmd, options.StopOld || options.Retire > 0); err != nil {
				return err
			}
			options.StepTime = steps.pause
			return a.change(cmd, needFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				if err := file.apply(p.source); err != nil {
					return switcher.Outcome{}, err
				}
				return p.Deploy(ctx, options)
			})
		},
	}
	upFlags(cmd.Flags(), &options.UpOptions, &file)
	stopOldFlag(cmd.Flags(), &options.StopOld, &options.Retire)
	keepFlag(cmd.Flags(), &options.Keep)
	bakeFlag(cmd.Flags(), &options.Bake)
	probeFlag(cmd.Flags(), &options.Options)
	steps.install(cmd.Flags())
	a.completeUpFlags(cmd)
	a.releaseFlag(cmd, &options.Release)
	steps.complete(cmd)
	return cmd
}
