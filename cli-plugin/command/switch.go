package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func switchCommand(a *app) *cobra.Command {
	var options switcher.SwitchOptions
	var steps steps
	cmd := &cobra.Command{
		Use:   "switch [OPTIONS] [COLOUR]",
		Short: "Send all traffic to the other colour",
		Long: `Send all traffic of all pairs to the idle colour (or the named one), in one
step, and wait for what the former colour still serves.

It refuses a colour of which not every replica is ready for the engine and for
the proxy, or that fails the file's checks (exit code 4). Requests, streams and websockets in flight stay with the former
colour until they end: nothing is cut without --cut. The new value is durable
before it is visible, and read back. The former colour keeps running for a
rollback (without --stop-old). Switching to the active colour does nothing.

It asks for a page of the project meanwhile, at the published port, and says what
it got: requests sent and lost, the longest gap, when each colour answered first
and last. When one was lost, the exit code is 7, and the traffic has moved all the
same. Where the port cannot be reached from here, it says so and goes on.

With --stop-old after 10m it is stopped by the first command that changes
something after that time, once it serves nothing any more; for a timer there is
"docker bluegreen stop --due". A rollback before that undoes it.

With --bake the new colour is watched for a time by the proxy's own counters and
the engine's events, while the former one stays as it is. When more of its
requests fail than the file's limits and the former colour's own figures allow,
when it is slower, or when a container ends or becomes unhealthy, all traffic
goes back at once; the exit code is 5.

With --canary it sends a share of the visitors alone, with --steps one share after
the other; see "canary". While a canary is on, a switch finishes it. What a switch
by steps was killed at is durable: the same command goes on from there.`,
		Example: `  # To the idle colour
  docker bluegreen switch

  # See in JSON what visitors got
  docker bluegreen history -n 1 --format json

  # Give long downloads five minutes, then stop the former colour
  docker bluegreen switch --drain-timeout 5m --stop-old

  # Keep the former colour running for ten minutes, then free its memory
  docker bluegreen switch --stop-old after 10m

  # Watch it for a minute, and go back by itself when it is worse
  docker bluegreen switch --bake 60s

  # Ever more visitors, a minute at each share
  docker bluegreen switch --steps 5%,25%,100% --step-time 1m`,
		Args:              stopOldArguments(&options.StopOld, &options.Retire, colourArgument(&options.Colour)),
		ValidArgsFunction: completeColour,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if options.Steps, err = steps.read(cmd, options.StopOld || options.Retire > 0); err != nil {
				return err
			}
			options.StepTime = steps.pause
			return a.change(cmd, noFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				return p.Switch(ctx, options)
			})
		},
	}
	stopOldFlag(cmd.Flags(), &options.StopOld, &options.Retire)
	keepFlag(cmd.Flags(), &options.Keep)
	bakeFlag(cmd.Flags(), &options.Bake)
	drainFlags(cmd.Flags(), &options.Options)
	lockFlag(cmd.Flags(), &options.Options)
	hooksFlag(cmd.Flags(), &options.Options)
	checksFlag(cmd.Flags(), &options.Options)
	probeFlag(cmd.Flags(), &options.Options)
	steps.install(cmd.Flags())
	steps.complete(cmd)
	return cmd
}
