package switcher

import (
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Routing is the commit point: which colour takes the traffic, and what the
// next command must know of how that came about. It is written whole in one
// atomic rename, so its parts never disagree.
type Routing struct {
	// Active takes all traffic; "" before the first colour is ready.
	Active compose.Colour `json:"active"`
	// Release is what Active ran when it became active.
	Release string `json:"release,omitempty"`
	// Previous and PreviousRelease are what a rollback goes back to; "" when
	// there is nothing to go back to.
	Previous        compose.Colour `json:"previous,omitempty"`
	PreviousRelease string         `json:"previousRelease,omitempty"`
	// Action made Active active: up, switch, deploy or rollback.
	Action string    `json:"action,omitempty"`
	Since  time.Time `json:"since"`
	By     string    `json:"by,omitempty"`
	// Pending is the rest of the work after the commit; nil when all is
	// done. A command that finds it finishes it.
	Pending *Pending `json:"pending,omitempty"`
}

// Pending is what was still to do when the routing was committed.
type Pending struct {
	// From is the colour that drains; "" when none does.
	From compose.Colour `json:"from,omitempty"`
	// Stop tells that From is to be stopped once drained.
	Stop bool `json:"stop,omitempty"`
	// Readmit names services some of whose replicas are kept out of the
	// rotation while they are scaled.
	Readmit []string `json:"readmit,omitempty"`
}

// Record is one line of the history.
type Record struct {
	Time   time.Time      `json:"time"`
	Action string         `json:"action"`
	Who    string         `json:"who"`
	From   compose.Colour `json:"from,omitempty"`
	To     compose.Colour `json:"to,omitempty"`
	// Release is what To runs, Images its images by pair.
	Release string            `json:"release,omitempty"`
	Images  map[string]string `json:"images,omitempty"`
	// Duration is how long the command took, in milliseconds.
	Duration int64 `json:"durationMs"`
	// Gap is how long no proxy served meanwhile, in milliseconds.
	Gap int64 `json:"gapMs,omitempty"`
	// Result is "failed" when the traffic was not moved, else "done"; Error
	// says why it failed, or what did not end well after the traffic had
	// moved.
	Result string `json:"result"`
	Error  string `json:"error,omitempty"`
}

// HistoryLimit is how many records the history keeps.
const HistoryLimit = 500
