package switcher

import (
	"fmt"
	"slices"
	"time"
)

// Gap is how long visitors get no answer while a proxy is replaced that cannot
// serve beside its successor.
type Gap struct {
	// Last is how long it was the last time, as the history has it; zero when
	// it was never measured here.
	Last time.Duration `json:"last"`
	// Drain is how long what is in flight may take to end, which comes on top.
	Drain time.Duration `json:"drain"`
	// Why says why there would be one with a holder too; "" where a holder is
	// all that is missing.
	Why string `json:"why,omitempty"`
}

// begins is the cause of the step with which it begins.
func (g Gap) begins() string {
	return "its ports must be free: visitors get no answer from here on, " + g.String()
}

// String says it in words.
func (g Gap) String() string {
	about := "for how long is not known yet"
	if g.Last > 0 {
		about = fmt.Sprintf("%s the last time", g.Last.Round(100*time.Millisecond))
	}
	return fmt.Sprintf("%s, and what is in flight has up to %s to end and is cut then", about, g.Drain)
}

// lastGap is the gap of the last replacement that a history knows.
func lastGap(history []Record) time.Duration {
	for _, r := range slices.Backward(history) {
		if r.Gap > 0 && r.Result == "done" {
			return time.Duration(r.Gap) * time.Millisecond
		}
	}
	return 0
}
