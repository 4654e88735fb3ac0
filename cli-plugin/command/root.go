// Package command is what a user types: one file for each verb. A verb turns
// flags into a request, makes one call into package switcher, and prints what
// came back.
package command

import (
	"github.com/docker/cli/cli-plugins/plugin"
	"github.com/docker/cli/cli/command"
	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/version"
)

// Name is the plugin's name: `docker bluegreen`.
const Name = "bluegreen"

// Short says in a line what the plugin is for.
const Short = "Blue/green releases of Compose projects"

const long = `Blue/green releases of a Compose project behind HAProxy or Traefik, without a lost request.

A release is two moves: bring up the idle colour beside the active one, then
flip one value that the running proxy reads. Until the flip nothing changes for
visitors; after it the former colour keeps running, so a rollback is the same
flip backwards.

Exit codes:
  0    done, or nothing to do
  1    other failure
  2    wrong usage (through "docker", a bad flag gives 125 as for every plugin)
  3    the colour is not healthy, or not in time; traffic was not moved
  4    a check failed; traffic was not moved
  6    locked by another release
  8    the Compose file or the proxy settings are invalid
  9    the proxy could not be reached or did not take the change
  130  interrupted; the message says what state was left`

const example = `  # The first time: proxy, shared services and one colour
  docker bluegreen up

  # A new version beside the running one, then all traffic to it
  TAG=v2 docker bluegreen deploy

  # Or to every tenth visitor first
  TAG=v3 docker bluegreen deploy --canary 10%

  # Back, at once
  docker bluegreen rollback`

// New makes the command with all its verbs.
func New(cli command.Cli) *cobra.Command { return newRoot(cli, openProject) }

func newRoot(cli command.Cli, open opener) *cobra.Command {
	a := &app{cli: cli, globals: &globals{}, open: open}
	root := &cobra.Command{
		Use:     Name,
		Short:   Short,
		Long:    long,
		Example: example,
		Version: versionLine(),
		// Global flags may stand before the verb.
		TraverseChildren: true,
		Args:             knownVerb,
		RunE:             help,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			return plugin.PersistentPreRunE(cmd, args)
		},
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SuggestionsMinimumDistance = 2
	root.Flags().BoolP("version", "v", false, "Print version information and quit")
	root.SetFlagErrorFunc(flagError)
	a.globals.install(root.Flags())
	completeGlobals(root)
	for _, verb := range verbs(a) {
		for _, typed := range append(verb.Commands(), verb) {
			shareFlags(root, typed)
		}
		root.AddCommand(verb)
	}
	return root
}

// verbs lists the verbs; help sorts them.
func verbs(a *app) []*cobra.Command {
	return []*cobra.Command{
		upCommand(a), switchCommand(a), rollbackCommand(a), deployCommand(a), canaryCommand(a), scaleCommand(a),
		stopCommand(a), downCommand(a), proxyCommand(a), maintenanceCommand(a),
		checkCommand(a), statusCommand(a), historyCommand(a), configCommand(a), psCommand(a), logsCommand(a),
		versionCommand(a),
	}
}

// help is what the bare command does.
func help(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// versionLine is what --version prints.
func versionLine() string {
	line := "docker-bluegreen " + version.Version()
	if c := version.Commit(); c != "" {
		line += ", commit " + c
	}
	return line
}
