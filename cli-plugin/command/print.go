package command

import (
	"bytes"
	"fmt"
	"io"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// showOutcome prints what a changing verb has come to: the result on stdout,
// the remark on stderr.
func (a *app) showOutcome(o switcher.Outcome) error {
	result, remark := display.Outcome(o)
	if err := a.printText(result); err != nil {
		return err
	}
	if mode := a.mode(); mode == display.TTY || mode == display.Plain {
		_, _ = fmt.Fprint(a.cli.Err(), remark) // what is lost when it cannot be said does not matter
	}
	return nil
}

// printText writes a result, its colours painted.
func (a *app) printText(text string) error {
	_, err := io.WriteString(a.cli.Out(), a.palette().Text(text))
	return err
}

// print writes a result that is made by show, painting only tables: other
// formats are for programs.
func (a *app) print(format string, show func(io.Writer) error) error {
	var b bytes.Buffer
	if err := show(&b); err != nil {
		return err
	}
	_, err := io.WriteString(a.cli.Out(), a.painted(format, b.String()))
	return err
}

// painted paints what a person reads.
func (a *app) painted(format, text string) string {
	if !isTable(format) {
		return text
	}
	return a.palette().Text(text)
}
