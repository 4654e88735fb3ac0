package command

import (
	"fmt"
	"strings"

	"github.com/docker/cli/cli"
	"github.com/docker/cli/cli-plugins/plugin"
	"github.com/spf13/cobra"
)

// usageError is something that the user typed wrongly.
type usageError struct {
	problem string
	fix     string
}

func (e *usageError) Error() string { return e.problem }

// Hint says what to type instead.
func (e *usageError) Hint() string { return e.fix }

// wrong reports wrong usage of a verb.
func wrong(cmd *cobra.Command, problem string) error {
	return &usageError{problem: problem, fix: "see how it is used: " + cmd.CommandPath() + " --help"}
}

// flagError reports a flag that cannot be read. Docker gives 125 for that;
// on its own the plugin has a code for all wrong usage.
func flagError(cmd *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	code := codeUsage
	if !plugin.RunningStandalone() {
		code = codeDockerFlag
	}
	problem := wrong(cmd, err.Error())
	return cli.StatusError{StatusCode: code, Status: text(problem), Cause: problem}
}

// knownVerb refuses a verb that does not exist, and names what was meant.
func knownVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	e := &usageError{
		problem: fmt.Sprintf("unknown command %q", args[0]),
		fix:     "see all commands: " + cmd.CommandPath() + " --help",
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		e.fix = "did you mean: " + cmd.CommandPath() + " " + strings.Join(near, " or ")
	}
	return status(e)
}

// noArguments is for verbs that take none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return status(wrong(cmd, fmt.Sprintf("unexpected argument %q: %s takes none", args[0], cmd.Name())))
	}
	return nil
}
