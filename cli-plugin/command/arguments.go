package command

import (
	"io"
	"slices"

	"github.com/docker/cli/cli-plugins/metadata"
	"github.com/docker/cli/cli-plugins/plugin"
	"github.com/docker/cli/cli/flags"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Arguments puts a command line into the order that Docker's plugin framework
// reads: `docker DOCKER-FLAGS bluegreen FLAGS VERB …`. A standalone
// `docker-bluegreen` gets its name inserted, and Docker's own flags
// (--context, -H, -D) may stand on either side of the name.
func Arguments(args []string) []string {
	if len(args) > 1 && args[1] == metadata.MetadataSubcommandName {
		return args
	}
	before, after := args[:1], args[1:]
	if !plugin.RunningStandalone() {
		at := nameIn(args)
		if at < 0 {
			return args
		}
		before, after = args[:at], args[at+1:]
	}
	before = slices.Clone(before)
	if len(after) > 0 && isCompletion(after[0]) {
		before, after = append(before, after[0]), after[1:]
	}
	docker, rest := sortFlags(after)
	return slices.Concat(before, docker, []string{Name}, rest)
}

// isCompletion tells that a shell asks for completions: that verb belongs to
// the root of all.
func isCompletion(arg string) bool {
	return arg == cobra.ShellCompRequestCmd || arg == cobra.ShellCompNoDescRequestCmd
}

// nameIn finds the plugin's name behind Docker's flags; -1 without one.
func nameIn(args []string) int {
	set := newFlags()
	flags.NewClientOptions().InstallFlags(set)
	if set.Parse(args[1:]) != nil {
		return -1
	}
	at := len(args) - set.NArg()
	if at < len(args) && isCompletion(args[at]) {
		at++
	}
	if at >= len(args) || args[at] != Name {
		return -1
	}
	return at
}

// sortFlags takes Docker's own flags out of the arguments that stand before
// the verb.
func sortFlags(args []string) (docker, rest []string) {
	set := newFlags()
	flags.NewClientOptions().InstallFlags(set)
	dockers := map[*pflag.Flag]bool{}
	set.VisitAll(func(f *pflag.Flag) { dockers[f] = true })
	new(globals).install(set)
	set.BoolP("help", "h", false, "")
	set.BoolP("version", "v", false, "")

	err := set.ParseAll(args, func(f *pflag.Flag, value string) error {
		word := "--" + f.Name + "=" + value
		if dockers[f] {
			docker = append(docker, word)
		} else {
			rest = append(rest, word)
		}
		return f.Value.Set(value)
	})
	if err != nil {
		// cobra reports a bad flag before a verb as a failure of no kind. It
		// is reported as wrong usage when no verb is found.
		return nil, append([]string{""}, args...)
	}
	return docker, append(rest, set.Args()...)
}

// newFlags is a set that reads up to the first word that is no flag.
func newFlags() *pflag.FlagSet {
	set := pflag.NewFlagSet(Name, pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.SetInterspersed(false)
	return set
}
