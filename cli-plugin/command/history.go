package command

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func historyCommand(a *app) *cobra.Command {
	var format string
	var last int
	cmd := &cobra.Command{
		Use:   "history [OPTIONS]",
		Short: "Show what was released, when and by whom",
		Long: `Show every switch, rollback, canary step, scaling and failed release, the newest first: when,
who, from which colour to which, the images, how long it took, how it ended.

The history is kept on the proxy's volume and outlives containers and clients. It
can be read while the proxy has a container, running or stopped.
With --format json each event is an object on a line of its own.`,
		Example: `  docker bluegreen history -n 5
  docker bluegreen history --format json
  docker bluegreen history --format '{{.Time}} {{.Action}} {{.Release}}'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if last < 0 {
				return status(wrong(cmd, fmt.Sprintf("--last %d: it is 1 or more", last)))
			}
			return look(a, cmd, noFile,
				func(ctx context.Context, p *project) ([]switcher.Record, error) { return p.History(ctx) },
				func(records []switcher.Record) error {
					return a.print(format, func(out io.Writer) error {
						return display.History(out, format, newest(records, last))
					})
				})
		},
	}
	formatFlag(cmd, &format)
	cmd.Flags().IntVarP(&last, "last", "n", 0, "Show so many events only (default all)")
	return cmd
}

// newest gives the last records, the newest first; n of zero gives all.
func newest(records []switcher.Record, n int) []switcher.Record {
	records = slices.Clone(records)
	slices.Reverse(records)
	if n > 0 && n < len(records) {
		records = records[:n]
	}
	return records
}
