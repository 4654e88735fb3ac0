package command

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/version"
)

func versionCommand(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version [OPTIONS]",
		Short: "Show which build of the plugin this is",
		Long:  "Show the plugin's version and the commit it was built from. It asks no engine.",
		Example: `  docker bluegreen version
  docker bluegreen version --format json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if format != "json" {
				_, err := fmt.Fprintln(a.cli.Out(), versionLine())
				return err
			}
			return json.NewEncoder(a.cli.Out()).Encode(struct {
				Version string `json:"version"`
				Commit  string `json:"commit"`
			}{version.Version(), version.Commit()})
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "Output in a `FORMAT`: text or json")
	return cmd
}
