package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func logsCommand(a *app) *cobra.Command {
	var of selection
	var options compose.LogOptions
	cmd := &cobra.Command{
		Use:   "logs [OPTIONS] [SERVICE…]",
		Short: "Show what the containers print",
		Long: `Show what the project's containers print, or those of some services, or of one
colour. With --follow it goes on, also with containers that start meanwhile.`,
		Example: `  docker bluegreen logs --tail 20
  docker bluegreen logs -f --colour idle
  docker bluegreen logs --since 10m lb`,
		ValidArgsFunction: a.completeServices,
		RunE: func(cmd *cobra.Command, services []string) error {
			of.services = services
			return look(a, cmd, useFile, func(ctx context.Context, p *project) (struct{}, error) {
				return struct{}{}, a.logs(ctx, p, of, options)
			}, nothing)
		},
	}
	of.install(cmd)
	cmd.Flags().BoolVarP(&options.Follow, "follow", "f", false, "Go on as more is printed")
	cmd.Flags().StringVarP(&options.Tail, "tail", "n", "all", "Show so many `LINES` from the end of each container's log")
	cmd.Flags().StringVar(&options.Since, "since", "", "Show what is not older than a `TIME` (2026-01-02T13:23:37Z) or a duration (10m)")
	cmd.Flags().BoolVarP(&options.Timestamps, "timestamps", "t", false, "Show when each line was printed")
	return cmd
}

// logs prints the logs of a selection, each container's name in its colour.
func (a *app) logs(ctx context.Context, p *project, of selection, options compose.LogOptions) error {
	services, err := p.choose(ctx, of)
	if err != nil {
		return err
	}
	palette := a.palette()
	options.Services = services
	options.Paint = func(_, text string) string { return palette.Text(text) }
	return p.engine.Logs(ctx, options, a.cli.Out(), a.cli.Err())
}
