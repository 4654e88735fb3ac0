package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func proxyReloadCommand(a *app) *cobra.Command {
	var options switcher.Options
	cmd := &cobra.Command{
		Use:   "reload [OPTIONS]",
		Short: "Let the running proxy take its settings",
		Long: `Let the running proxy take its settings, without losing a request: the generated
ones as the project has them now, or your own as they are (a changed file, new
certificates).

They are validated by the proxy's own program first. Rejected ones give exit
code 8, and the proxy goes on with those that it has.`,
		Example: `  docker bluegreen proxy reload
  docker bluegreen proxy reload --dry-run`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.change(cmd, needFile, &options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				return p.ReloadProxy(ctx, options)
			})
		},
	}
	lockFlag(cmd.Flags(), &options)
	return cmd
}
