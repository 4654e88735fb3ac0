package command

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// checksText shows each check that failed: what was asked, and what came.
func checksText(err error) string {
	failed, ok := errors.AsType[*switcher.CheckError](err)
	if !ok {
		return ""
	}
	text := ""
	for _, c := range failed.Failed {
		text += fmt.Sprintf("\n  %s: %s%s after %s%s", c.Name, cmp.Or(c.Request, "ended"), answered(c.Status), c.Took.Round(time.Millisecond), tried(c.Tries))
		switch {
		case len(c.Answer) == 0:
		case c.Request == "":
			text += "\n    its last lines:" + indented(c.Answer)
		default:
			text += "\n    answer:" + indented(c.Answer)
		}
	}
	return text
}

// answered tells the status of an answer; "" where there was none.
func answered(status int) string {
	if status == 0 {
		return ""
	}
	return fmt.Sprintf(" answered %d", status)
}

// tried tells of further tries.
func tried(tries int) string {
	if tries < 2 {
		return ""
	}
	return fmt.Sprintf(", the last of %d tries", tries)
}
