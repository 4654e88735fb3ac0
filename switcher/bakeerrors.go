package switcher

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// RolledBackError tells that a colour was worse than the limits after its
// switch, and that the traffic has gone back to the former one.
type RolledBackError struct {
	To    compose.Colour
	Baked Baked
	// Failures are containers that ended or became unhealthy, with what they
	// said.
	Failures []compose.Failure
	// Left is what did not end well after the traffic had gone back; nil when
	// all did.
	Left error
}

func (e *RolledBackError) Error() string {
	text := fmt.Sprintf("rolled back to %s: %s", e.To, e.Baked)
	if e.Left != nil {
		text += fmt.Sprintf(" (not all could be done after it: %v)", e.Left)
	}
	return text
}

// Hint says what to type next.
func (e *RolledBackError) Hint() string {
	return fmt.Sprintf("see what it said: docker bluegreen logs --colour %s; then release a mended one: docker bluegreen deploy", e.Baked.Colour)
}

// StrandedError tells that a colour is worse than the limits, and that the
// traffic could not go back: it stays where it is.
type StrandedError struct {
	Baked    Baked
	Failures []compose.Failure
	Err      error
}

func (e *StrandedError) Error() string {
	return fmt.Sprintf("%s; it keeps the traffic all the same, for that could not go back: %v", e.Baked, e.Err)
}

func (e *StrandedError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *StrandedError) Hint() string {
	return "see what runs: docker bluegreen status; go back when it can: docker bluegreen rollback"
}

// UnwatchedError tells that a bake has ended before its time, without a
// judgement: nobody watches the colour any more.
type UnwatchedError struct {
	Colour compose.Colour
	Err    error
}

func (e *UnwatchedError) Error() string {
	return fmt.Sprintf("%s takes the traffic, and is not watched any more: %v", e.Colour, e.Err)
}

func (e *UnwatchedError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *UnwatchedError) Hint() string {
	return "watch it again: the same command; or go back: docker bluegreen rollback"
}
