package command

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// pullPolicy is the value of --pull.
type pullPolicy compose.Pull

func (p *pullPolicy) String() string { return string(*p) }

// Type names the value in help.
func (*pullPolicy) Type() string { return "policy" }

// Set reads the flag.
func (p *pullPolicy) Set(s string) error {
	switch pull := compose.Pull(s); pull {
	case compose.PullAlways, compose.PullMissing, compose.PullNever:
		*p = pullPolicy(pull)
		return nil
	case compose.PullPolicy:
	}
	return errors.New("it is always, missing or never")
}

// span is a flag's value that is a length of time.
type span time.Duration

// String is empty for zero, which stands for the default that the help tells.
func (s *span) String() string {
	if *s == 0 {
		return ""
	}
	return time.Duration(*s).String()
}

// Type names the value in help.
func (*span) Type() string { return "duration" }

// Set reads the flag.
func (s *span) Set(text string) error {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return errors.New("it is a length of time with its unit: 90s, 2m")
	case d < 0:
		return errors.New("it is 0 or more")
	}
	*s = span(d)
	return nil
}

// optionalSpan is a length of time that may be left unsaid, which is not the
// same as zero.
type optionalSpan struct{ into **time.Duration }

// String is empty for what is unsaid.
func (s *optionalSpan) String() string {
	if s.into == nil || *s.into == nil {
		return ""
	}
	return (*s.into).String()
}

// Type names the value in help.
func (*optionalSpan) Type() string { return "duration" }

// Set reads the flag.
func (s *optionalSpan) Set(text string) error {
	var value time.Duration
	if err := (*span)(&value).Set(text); err != nil {
		return err
	}
	*s.into = &value
	return nil
}

// colourValue is a flag's value that names a colour.
type colourValue compose.Colour

func (c *colourValue) String() string { return string(*c) }

// Type names the value in help.
func (*colourValue) Type() string { return "string" }

// Set reads the flag.
func (c *colourValue) Set(s string) error {
	parsed, err := compose.ParseColour(s)
	*c = colourValue(parsed)
	return err
}

// pullArgument lets the policy stand behind `--pull` as it does for Compose:
// with a space, where the flag alone already means "always". A word that is a
// policy is no colour.
func pullArgument(into *compose.Pull, then cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("pull") {
			args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
				return (*pullPolicy)(into).Set(arg) == nil
			})
		}
		return then(cmd, args)
	}
}

// colourArgument reads the one optional argument of a verb.
func colourArgument(into *compose.Colour) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return nil
		case 1:
			parsed, err := compose.ParseColour(args[0])
			if err != nil {
				return status(wrong(cmd, err.Error()))
			}
			*into = parsed
			return nil
		default:
			return status(wrong(cmd, fmt.Sprintf("unexpected argument %q: %s takes one colour", args[1], cmd.Name())))
		}
	}
}

// replicasArguments reads PAIR=N, at least once.
func replicasArguments(into map[string]int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return status(wrong(cmd, "which pair, and how many replicas? PAIR=N is missing"))
		}
		for _, arg := range args {
			pair, number, ok := strings.Cut(arg, "=")
			n, err := strconv.Atoi(number)
			switch {
			case !ok || pair == "" || err != nil:
				return status(wrong(cmd, fmt.Sprintf("%q is not of the form PAIR=N", arg)))
			case n < 1:
				return status(wrong(cmd, fmt.Sprintf("%q: a pair needs 1 replica or more; to stop a colour: docker bluegreen stop", arg)))
			}
			into[pair] = n
		}
		return nil
	}
}

// seconds is a flag's value that is a number of seconds.
type seconds int

func (s *seconds) String() string { return strconv.Itoa(int(*s)) }

// Type names the value in help.
func (*seconds) Type() string { return "SECONDS" }

// Set reads the flag.
func (s *seconds) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return errors.New("it is a number of seconds, 0 or more, without a unit")
	}
	*s = seconds(n)
	return nil
}
