package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func canaryCommand(a *app) *cobra.Command {
	var options switcher.CanaryOptions
	cmd := &cobra.Command{
		Use:   "canary [OPTIONS] N%",
		Short: "Send a share of the visitors to the idle colour",
		Long: `Send N% of the visitors to the idle colour, of all pairs, in one step and without
a reload; the other visitors stay with the active colour.

A client that was once sent to the idle colour stays there while the share grows:
a cookie keeps its lot. Clients without cookies are drawn with each request,
connections of tcp one by one. 0% takes everybody back, 100% is a switch.

More visitors are sent only to a colour of which every replica is ready. The
share is durable, and survives a restart of the proxy. While a canary is on, "up"
and "stop" leave the idle colour alone, "switch" finishes it and "rollback" ends it.`,
		Example: `  # Every tenth client tries the next version
  docker bluegreen canary 10%

  # More of them, then all
  docker bluegreen canary 50%
  docker bluegreen switch

  # Or everybody back
  docker bluegreen canary 0%`,
		Args:              shareArgument(&options.Share),
		ValidArgsFunction: completeShare,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.change(cmd, noFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				return p.Canary(ctx, options)
			})
		},
	}
	lockFlag(cmd.Flags(), &options.Options)
	hooksFlag(cmd.Flags(), &options.Options)
	checksFlag(cmd.Flags(), &options.Options)
	return cmd
}

// shareArgument reads the one argument of canary.
func shareArgument(into *int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return status(wrong(cmd, fmt.Sprintf("%s takes one share of the visitors, as 10%%", cmd.Name())))
		}
		share, err := parseShare(args[0])
		if err != nil {
			return status(wrong(cmd, fmt.Sprintf("%q: %v", args[0], err)))
		}
		*into = share
		return nil
	}
}

// completeShare offers the usual shares.
func completeShare(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{
		"0%\ttake everybody back", "5%", "10%", "25%", "50%", "100%\tswitch",
	}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// errNoShare is what is wrong with a share.
var errNoShare = errors.New("a share is a whole number of percent, from 0% to 100%")
