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
	// Canary is the share of the clients that go to the other colour, in
	// percent; 0 while no canary is on. CanarySince is when that was last
	// changed since Active became so.
	Canary      int       `json:"canary,omitempty"`
	CanarySince time.Time `json:"canarySince,omitzero"`
	// Pinned is the colour that keeps the visitors who began on it; "" for none.
	Pinned compose.Colour `json:"pinned,omitempty"`
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
	// Bake is how long Active was to be watched before From drains, in JSON in
	// nanoseconds; zero when that is over.
	Bake time.Duration `json:"bake,omitempty"`
	// Workers tells that workers are being handed over: those that do not
	// overlap belong into Active, and nowhere else.
	Workers bool `json:"workers,omitempty"`
	// Readmit names services some of whose replicas are kept out of the
	// rotation while they are scaled.
	Readmit []string `json:"readmit,omitempty"`
	// Retire is the colour that is to be stopped later; nil for none. It alone
	// is nothing that was interrupted.
	Retire *Retirement `json:"retire,omitempty"`
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
	// Canary is the share of To that a canary step made, in percent.
	Canary int `json:"canary,omitempty"`
	// Duration is how long the command took, in milliseconds.
	Duration int64 `json:"durationMs"`
	// Gap is how long no proxy served meanwhile, in milliseconds.
	Gap int64 `json:"gapMs,omitempty"`
	// Probe is what requests met with while the traffic moved; nil where it
	// was not probed.
	Probe *Probe `json:"probe,omitempty"`
	// Checks is how many checks were made of To, and passed; nil for none.
	Checks *Checked `json:"checks,omitempty"`
	// Baked is what a watch after the switch has found; nil without one.
	Baked *Baked `json:"bake,omitempty"`
	// Result is "failed" when the traffic was not moved, "rolled back" when it
	// was moved and a bake has taken it back, else "done"; Error
	// says why it failed, or what did not end well after the traffic had
	// moved.
	Result string `json:"result"`
	Error  string `json:"error,omitempty"`
	// Kept tells whether the release can be brought back: "yes", or "no" and
	// why. It is seen when the history is read, and never written.
	Kept string `json:"kept,omitempty"`
}

// Checked is how many checks passed, of those that were made.
type Checked struct {
	Passed int `json:"passed"`
	Of     int `json:"of"`
}

// HistoryLimit is how many records the history keeps.
const HistoryLimit = 500
