package command

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func checkCommand(a *app) *cobra.Command {
	var colour compose.Colour
	var format string
	cmd := &cobra.Command{
		Use:   "check [OPTIONS] [COLOUR]",
		Short: "Make the file's checks of a colour, and nothing else",
		Long: `Make the checks of the Compose file (x-bluegreen.checks) in the idle colour, or
the named one: requests through the proxy, as visitors send them, and commands in
its containers. "up" and "switch" make the same ones before any traffic moves.

It takes no lock and changes nothing, and may run beside a release. When a check
fails, it ends with exit code 4 and shows the request, the first lines of the
answer and the last log lines of the containers. A colour of which nothing runs
gives exit code 3, a project that was never started 1.`,
		Example: `  # What the next switch would check
  docker bluegreen check

  # Whether the active colour is still well
  docker bluegreen check blue --format json`,
		Args:              colourArgument(&colour),
		ValidArgsFunction: completeColour,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var found error
			err := look(a, cmd, needFile,
				func(ctx context.Context, p *project) (switcher.CheckReport, error) { return p.Check(ctx, colour) },
				func(r switcher.CheckReport) error {
					found = r.Err
					return a.print(format, func(out io.Writer) error {
						return display.One(out, format, r, func() string { return display.Checks(r) })
					})
				})
			if err != nil {
				return err
			}
			return a.status(found)
		},
	}
	formatFlag(cmd, &format)
	return cmd
}
