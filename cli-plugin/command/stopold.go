package command

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// stopOld is the value of --stop-old: now, a length of time, or never.
type stopOld struct {
	now   *bool
	after *time.Duration
}

// The words that --stop-old takes beside a length of time.
const (
	stopNow   = "now"
	stopNever = "never"
	stopAfter = "after"
)

// String is empty for what the help tells.
func (s *stopOld) String() string {
	switch {
	case s.now == nil || !*s.now && *s.after == 0:
		return ""
	case *s.now:
		return stopNow
	case *s.after == switcher.NeverRetire:
		return stopNever
	default:
		return s.after.String()
	}
}

// Type names the value in help.
func (*stopOld) Type() string { return "time" }

// Set reads the flag.
func (s *stopOld) Set(text string) error {
	*s.now, *s.after = false, 0
	if text == stopNow || text == "true" {
		*s.now = true
		return nil
	}
	if text == stopNever || text == "false" {
		*s.after = switcher.NeverRetire
		return nil
	}
	if len(text) > len(stopAfter) && text[:len(stopAfter)+1] == stopAfter+" " {
		text = text[len(stopAfter)+1:]
	}
	after, err := time.ParseDuration(text)
	if err != nil || after <= 0 {
		return errors.New("it is now, never, or a length of time above zero with its unit: 10m")
	}
	*s.after = after
	return nil
}

// stopOldArguments lets the time stand behind `--stop-old` as one says it:
// `--stop-old after 10m`.
func stopOldArguments(now *bool, after *time.Duration, then cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		at := slices.Index(args, stopAfter)
		if at < 0 || !cmd.Flags().Changed("stop-old") {
			return then(cmd, args)
		}
		if at+1 == len(args) {
			return status(wrong(cmd, "--stop-old after: the time is missing: --stop-old after 10m"))
		}
		if err := (&stopOld{now: now, after: after}).Set(args[at+1]); err != nil {
			return status(wrong(cmd, "--stop-old after "+args[at+1]+": "+err.Error()))
		}
		return then(cmd, slices.Delete(slices.Clone(args), at, at+2))
	}
}

// amountValue is a flag's value that is a number of things; nil is not said.
type amountValue struct{ into **int }

func (a amountValue) String() string {
	if a.into == nil || *a.into == nil {
		return ""
	}
	return strconv.Itoa(**a.into)
}

// Type names the value in help.
func (amountValue) Type() string { return "int" }

// Set reads the flag.
func (a amountValue) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return errors.New("it is a number, 0 or more")
	}
	*a.into = &n
	return nil
}
