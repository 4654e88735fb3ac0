package compose

import "time"

// Moment is when a hook runs.
type Moment string

// The moments of a release that hooks are for.
const (
	BeforeUp       Moment = "before_up"
	AfterUp        Moment = "after_up"
	BeforeSwitch   Moment = "before_switch"
	AfterSwitch    Moment = "after_switch"
	BeforeRollback Moment = "before_rollback"
	AfterRollback  Moment = "after_rollback"
	OnFailure      Moment = "on_failure"
)

// Moments lists them all, in the order of a release's life.
func Moments() []Moment {
	return []Moment{BeforeUp, AfterUp, BeforeSwitch, AfterSwitch, BeforeRollback, AfterRollback, OnFailure}
}

// Hooks are the commands that a file has run around a release's moves. They
// are no part of the Model: that is recorded, and commands may hold secrets.
type Hooks map[Moment][]Hook

// Hook is one command.
type Hook struct {
	// Run is a line, or several, of shell.
	Run string
	// Service names where it runs: a service without a colour, or a pair,
	// which stands for its service in the colour that the release is about.
	// Empty: on the machine where the tool runs.
	Service string
	// Timeout is after what time it is killed; zero is the tool's default.
	Timeout time.Duration
}
