package command

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/compose"
)

// globals are the flags that every verb understands.
type globals struct {
	project  compose.Options
	progress display.Mode
	dryRun   bool
}

// install adds the flags in Compose's spelling.
func (g *globals) install(set *pflag.FlagSet) {
	set.StringArrayVarP(&g.project.Files, "file", "f", nil,
		"Compose `FILE`; repeatable (default COMPOSE_FILE, else compose.blue-green.yml, else Compose's own names)")
	set.StringVarP(&g.project.Name, "project-name", "p", "", "Project `NAME`")
	set.StringArrayVar(&g.project.EnvFiles, "env-file", nil, "Environment `FILE` instead of .env; repeatable")
	set.StringVar(&g.project.Directory, "project-directory", "", "`DIRECTORY` that relative paths start from (default that of the first file)")
	g.progress = display.Auto
	set.Var(&g.progress, "progress", "Show progress in a `MODE`: auto, tty, plain, json or quiet")
	set.Var(&g.project.Engine, "engine", "Where the containers run: local or swarm (default as x-bluegreen.engine says, else local)")
	set.BoolVar(&g.dryRun, "dry-run", false, "Print the plan and change nothing")
}

// shareFlags lets the global flags stand after a verb too, where its help
// does not repeat them. A shorthand that the verb uses itself keeps its
// meaning there: `logs -f` follows.
func shareFlags(root, verb *cobra.Command) {
	root.Flags().VisitAll(func(global *pflag.Flag) {
		if verb.Flags().Lookup(global.Name) != nil {
			return
		}
		f := *global
		f.Hidden = true
		if f.Shorthand != "" && verb.Flags().ShorthandLookup(f.Shorthand) != nil {
			f.Shorthand = ""
		}
		verb.Flags().AddFlag(&f)
		if complete, known := root.GetFlagCompletionFunc(f.Name); known {
			completeFlag(verb, f.Name, complete)
		}
	})
}
