package command

import (
	"github.com/spf13/cobra"
)

// proxyCommand gathers what is done to the proxy itself.
func proxyCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "proxy COMMAND",
		Short: "Reload or replace the proxy itself",
		Long: `Reload the proxy's settings, or replace its container. A release needs neither:
it only tells the running proxy another colour.`,
		Example: `  docker bluegreen proxy reload
  docker bluegreen proxy upgrade`,
		Args: knownVerb,
		RunE: help,
	}
	cmd.AddCommand(proxyReloadCommand(a), proxyUpgradeCommand(a))
	return cmd
}
