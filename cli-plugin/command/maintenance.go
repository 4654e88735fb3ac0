package command

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// maintenanceCommand gathers turning visitors away and letting them in again.
func maintenanceCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "maintenance COMMAND",
		Short: "Turn visitors away for a while, with 503 and Retry-After",
		Long: `Turn visitors away for a while, or let them in again. Neither is a release:
the colours, and what is in flight, stay as they are.`,
		Example: `  docker bluegreen maintenance on --retry-after 300
  docker bluegreen maintenance off`,
		Args: knownVerb,
		RunE: help,
	}
	cmd.AddCommand(maintenanceOnCommand(a), maintenanceOffCommand(a))
	return cmd
}

func maintenanceOnCommand(a *app) *cobra.Command {
	options := switcher.MaintenanceOptions{On: &switcher.Maintenance{RetryAfter: 120}}
	var page string
	cmd := &cobra.Command{
		Use:   "on [OPTIONS]",
		Short: "Answer visitors 503, and previews as ever",
		Long: `Answer every visitor 503 with Retry-After, at once and without a reload. Requests
in flight end well. Whoever has the preview's token sees the project all the
same, and so does the probe of a switch: releases go on as ever. It lasts until
"maintenance off", also through restarts of the proxy; "status" shows it. TCP
routes are left as they are. Typed again it changes what visitors get.

A page is .html, .txt or .json. Traefik has no means to answer with one: behind
it --page gives exit code 8.`,
		Example: `  docker bluegreen maintenance on
  docker bluegreen maintenance on --retry-after 600 --page sorry.html`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := readPage(page, options.On); err != nil {
				return a.status(err)
			}
			return a.change(cmd, noFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				return p.Maintain(ctx, options)
			})
		},
	}
	cmd.Flags().Var((*seconds)(&options.On.RetryAfter), "retry-after", "Tell clients to try again after so many `SECONDS`")
	cmd.Flags().StringVar(&page, "page", "", "Answer with this `FILE` (.html, .txt or .json)")
	lockFlag(cmd.Flags(), &options.Options)
	return cmd
}

func maintenanceOffCommand(a *app) *cobra.Command {
	var options switcher.MaintenanceOptions
	cmd := &cobra.Command{
		Use:     "off [OPTIONS]",
		Short:   "Let visitors in again",
		Long:    `Let visitors in again, at once and without a reload. Where there is no maintenance it does nothing.`,
		Example: `  docker bluegreen maintenance off`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.change(cmd, noFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
				return p.Maintain(ctx, options)
			})
		},
	}
	lockFlag(cmd.Flags(), &options.Options)
	return cmd
}

// pageTypes are the content types of pages, by the ending of their names.
var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".htm": "text/html; charset=utf-8",
	".txt": "text/plain; charset=utf-8", ".json": "application/json",
}

// readPage reads the page that visitors are to get.
func readPage(file string, into *switcher.Maintenance) error {
	if file == "" {
		return nil
	}
	kind, known := pageTypes[strings.ToLower(filepath.Ext(file))]
	if !known {
		return &usageError{problem: fmt.Sprintf("--page %s: its content type is not known", file), fix: "name it .html, .txt or .json"}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return &usageError{problem: fmt.Sprintf("--page: %v", err), fix: "name a file that can be read"}
	}
	if len(strings.TrimSpace(string(text))) == 0 {
		return &usageError{problem: fmt.Sprintf("--page %s: it is empty", file), fix: "write what visitors are to read, or leave --page out"}
	}
	into.Page, into.Type = string(text), kind
	return nil
}
