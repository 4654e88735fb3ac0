package display

import (
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Checks is what a colour's checks have found.
func Checks(r switcher.CheckReport) string {
	if len(r.Checks) == 0 {
		return "nothing to do: the file has no checks\n"
	}
	rows := [][]string{{"CHECK", "RESULT", "TRIES", "TOOK"}}
	passed := 0
	for _, c := range r.Checks {
		if c.Passed() {
			passed++
		}
		rows = append(rows, []string{c.Name, checkResult(c), fmt.Sprint(c.Tries), c.Took.Round(time.Millisecond).String()})
	}
	return table(rows) + fmt.Sprintf("%s: %d of %d checks passed\n", r.Colour, passed, len(r.Checks))
}

// checkResult is a check's result in a word or two.
func checkResult(c switcher.CheckResult) string {
	switch {
	case !c.Passed() && c.Status != 0:
		return fmt.Sprintf("failed, %d", c.Status)
	case !c.Passed():
		return "failed"
	case c.Status != 0:
		return fmt.Sprintf("passed, %d", c.Status)
	default:
		return "passed"
	}
}
