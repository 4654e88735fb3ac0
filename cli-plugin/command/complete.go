package command

import (
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/compose"
)

// completeFlag registers the completion of a flag that exists.
func completeFlag(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // the flag's name is wrong in this program
	}
}

// completeColour offers the colours for a verb's only argument.
func completeColour(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{string(compose.Blue), string(compose.Green)}, cobra.ShellCompDirectiveNoFileComp
}

// completePairs offers the file's pairs, for what is written PAIR=VALUE.
func (a *app) completePairs(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	p := a.loadQuietly(cmd)
	if p == nil || strings.Contains(typed, "=") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var pairs []string
	for _, name := range p.Parts() {
		if !slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, name+"=") }) {
			pairs = append(pairs, name+"=")
		}
	}
	return pairs, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeServices offers the file's services that are not named yet.
func (a *app) completeServices(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	p := a.loadQuietly(cmd)
	if p == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := slices.Concat(p.Source.ServiceNames(), p.Source.DisabledServiceNames())
	slices.Sort(names)
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(args, name) })
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeUpFlags completes what up and deploy have in common.
func (a *app) completeUpFlags(cmd *cobra.Command) {
	completeFlag(cmd, "image", a.completePairs)
	completeFlag(cmd, "scale", a.completePairs)
	completePull(cmd)
}

// completeReleases offers the releases that can be brought back, the newest
// first.
func (a *app) completeReleases(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	logrus.SetOutput(io.Discard)
	p, err := a.open(cmd.Context(), a.cli, a.globals.project, noFile, func(compose.Event) {})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	records, err := p.History(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var releases []string
	for _, r := range newest(records, 0) {
		if r.Kept == "yes" && !slices.Contains(releases, r.Release) {
			releases = append(releases, r.Release)
		}
	}
	return releases, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeGlobals completes the global flags.
func completeGlobals(root *cobra.Command) {
	files := map[string]cobra.CompletionFunc{
		"file":              cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt),
		"env-file":          cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
		"project-directory": cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
		"progress":          cobra.FixedCompletions(display.Modes(), cobra.ShellCompDirectiveNoFileComp),
	}
	for _, flag := range slices.Sorted(maps.Keys(files)) {
		completeFlag(root, flag, files[flag])
	}
}

// loadQuietly loads the file for a completion, which has nobody to complain
// to; nil when it cannot.
func (a *app) loadQuietly(cmd *cobra.Command) *compose.Project {
	logrus.SetOutput(io.Discard)
	p, err := compose.Load(cmd.Context(), a.globals.project)
	if err != nil {
		return nil
	}
	return p
}
