package command

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func statusCommand(a *app) *cobra.Command {
	var format string
	var watch bool
	cmd := &cobra.Command{
		Use:   "status [OPTIONS]",
		Short: "Show which colour serves, and whether there is a way back",
		Long: `Show the active and the idle colour: release, image, replicas ready of wanted by
Docker and by the proxy's own check, sessions in flight, uptime; the forecast
for a rollback (hot: at once; warm: containers to start; impossible: why); the
URLs; the commands that show the idle colour, with the token that opens it, which
is a password; and the release that is running, if one is.

It takes no lock and changes nothing. A project that was never started has no
active colour, which is no error. The JSON keys are stable: keys may be added,
none is renamed.`,
		Example: `  docker bluegreen status
  docker bluegreen status --watch
  docker bluegreen status --format json
  docker bluegreen status --format '{{.active}}, {{.colours.blue.state}}'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if watch {
				return look(a, cmd, useFile, func(ctx context.Context, p *project) (struct{}, error) {
					return struct{}{}, a.watch(ctx, p, format)
				}, nothing)
			}
			return look(a, cmd, useFile,
				func(ctx context.Context, p *project) (switcher.Status, error) { return p.Status(ctx) },
				func(s switcher.Status) error {
					return a.print(format, func(out io.Writer) error { return showStatus(out, format, s) })
				})
		},
	}
	formatFlag(cmd, &format)
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "Show it anew whenever something changes")
	return cmd
}

// showStatus writes a status in the format asked for.
func showStatus(out io.Writer, format string, s switcher.Status) error {
	return display.One(out, format, s, func() string { return display.Status(s, time.Now()) })
}

// nothing shows the result of a verb that has shown it already.
func nothing(struct{}) error { return nil }
