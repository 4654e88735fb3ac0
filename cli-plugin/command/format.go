package command

import (
	"strings"

	"github.com/docker/cli/cli/command/formatter"
	"github.com/spf13/cobra"
)

// formatFlag adds --format and its completion.
func formatFlag(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "format", formatter.TableFormatKey,
		"Output in a `FORMAT`: table, json, or a Go template")
	completeFlag(cmd, "format", cobra.FixedCompletions(
		[]string{formatter.TableFormatKey, formatter.JSONFormatKey}, cobra.ShellCompDirectiveNoFileComp))
}

// isTable tells that output is meant for a person.
func isTable(format string) bool {
	return format == "" || strings.HasPrefix(format, formatter.TableFormatKey)
}
