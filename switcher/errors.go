package switcher

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// LockedError tells that another release works on the project.
type LockedError struct {
	Project string
	Holder  Holder
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("project %s is locked: %s runs %q since %s",
		e.Project, e.Holder.Who, e.Holder.Command, e.Holder.Since.Local().Format(time.DateTime))
}

// Hint says what to type next.
func (e *LockedError) Hint() string {
	return "wait for it to end, or let this command wait: --lock-wait 5m"
}

// LockLostError tells that the lock went to another command: this one gave no
// sign of life for too long, or another one was quicker. What this one was about
// to commit is not committed.
type LockLostError struct {
	Project string
	Err     error
}

func (e *LockLostError) Error() string { return fmt.Sprintf("project %s: %v", e.Project, e.Err) }

func (e *LockLostError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *LockLostError) Hint() string {
	return "see what the other command has made of it: docker bluegreen status"
}

// ProxyError tells that the proxy could not be reached or did not take a
// change.
type ProxyError struct {
	Proxy string // the service
	Doing string // what was tried: "read the active colour"
	Err   error
	Next  string // the hint; empty for the general one
}

func (e *ProxyError) Error() string {
	return fmt.Sprintf("proxy %s: %s: %v", e.Proxy, e.Doing, e.Err)
}

func (e *ProxyError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *ProxyError) Hint() string {
	if e.Next != "" {
		return e.Next
	}
	return "see what the proxy says: docker bluegreen logs " + e.Proxy
}

// ActiveColourError refuses what must not be done to the active colour.
type ActiveColourError struct {
	Colour compose.Colour
	Doing  string // the verb: "up", "stop"
}

func (e *ActiveColourError) Error() string {
	return fmt.Sprintf("%s %s: %s takes all traffic", e.Doing, e.Colour, e.Colour)
}

// Hint says what to type next.
func (e *ActiveColourError) Hint() string {
	if e.Doing == "stop" {
		return "send the traffic elsewhere first: docker bluegreen switch; or stop it all the same: --force"
	}
	return fmt.Sprintf("bring up the idle colour: docker bluegreen up %s", e.Colour.Other())
}

// NeedError tells that a shared service which a colour depends on does not
// run. Nothing has been changed.
type NeedError struct {
	Service string
	Colour  compose.Colour
}

func (e *NeedError) Error() string {
	return fmt.Sprintf("up %s: shared service %q, on which it depends, does not run", e.Colour, e.Service)
}

// Hint says what to type next.
func (e *NeedError) Hint() string {
	return "start the shared services too: docker bluegreen up --shared"
}

// NotStartedError tells that the project has no active colour yet.
type NotStartedError struct{ Project, Doing string }

func (e *NotStartedError) Error() string {
	return fmt.Sprintf("%s: no colour of project %s is active yet", e.Doing, e.Project)
}

// Hint says what to type next.
func (e *NotStartedError) Hint() string { return "start it: docker bluegreen up" }

// NotReadyError refuses to send traffic to a colour whose replicas are not
// all ready. Traffic was not moved.
type NotReadyError struct {
	Colour compose.Colour
	Why    []string
}

func (e *NotReadyError) Error() string {
	return fmt.Sprintf("%s is not ready: %s", e.Colour, strings.Join(e.Why, "; "))
}

// Hint says what to type next.
func (e *NotReadyError) Hint() string {
	return fmt.Sprintf("bring it up: docker bluegreen up %s", e.Colour)
}

// ImpossibleError tells, before anything is tried, that a rollback cannot be
// done.
type ImpossibleError struct{ Why string }

func (e *ImpossibleError) Error() string { return "rollback is impossible: " + e.Why }

// Hint says what to type next.
func (e *ImpossibleError) Hint() string {
	return "see what was released: docker bluegreen history; release an earlier version anew: docker bluegreen deploy"
}

// BusyError tells that a colour still serves when it was to go, and that
// nothing was cut.
type BusyError struct {
	Colour   compose.Colour
	InFlight InFlight
	Waited   time.Duration
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("%s still serves %s after %s", e.Colour, e.InFlight, e.Waited)
}

// Hint says what to type next.
func (e *BusyError) Hint() string {
	return "wait longer: --drain-timeout 5m; or cut what is left: --cut"
}

// InterruptedError tells what a command that was cancelled has left.
type InterruptedError struct {
	Doing string
	State string
	Err   error
}

func (e *InterruptedError) Error() string {
	return fmt.Sprintf("%s: interrupted: %s", e.Doing, e.State)
}

func (e *InterruptedError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *InterruptedError) Hint() string {
	return "type the same command again: it finishes the job"
}

// DriftError refuses to scale a service whose file says something else than
// what its containers run: it would be two releases at once.
type DriftError struct{ Service string }

func (e *DriftError) Error() string {
	return fmt.Sprintf("scale %s: its settings in the file differ from what runs, so new replicas would be another release", e.Service)
}

// Hint says what to type next.
func (e *DriftError) Hint() string {
	return "use the file and environment of the release that runs, or release the change: docker bluegreen deploy"
}

// ReplaceError tells that a new proxy did not take the place of the former
// one, and was removed.
type ReplaceError struct {
	Proxy  string // the service
	Former string // the container that goes on; "" when none ran
	Err    error
	// Failures say what the new proxy's container said.
	Failures []compose.Failure
	// Left is what could not be undone; nil when all was.
	Left error
}

func (e *ReplaceError) Error() string {
	text := fmt.Sprintf("proxy %s: the new one did not prove itself and was removed: %v", e.Proxy, e.Err)
	if e.Former != "" {
		text += "; " + e.Former + " goes on"
	}
	if e.Left != nil {
		text += fmt.Sprintf(" (not all could be undone: %v)", e.Left)
	}
	return text
}

func (e *ReplaceError) Unwrap() error { return e.Err }

// Hint says what to type next: what the cause says of it, where it does.
func (e *ReplaceError) Hint() string {
	if cause := new(ProxyError); errors.As(e.Err, &cause) && cause.Next != "" {
		return cause.Next
	}
	return "mend the proxy's image, command or settings, then try again: docker bluegreen proxy upgrade"
}

// GapError tells that a proxy cannot be replaced without a time in which
// nobody answers, and that nobody has agreed to it. Nothing was changed.
type GapError struct {
	Proxy string
	Gap   Gap
}

func (e *GapError) Error() string {
	why := "has no holder"
	if e.Gap.Why != "" {
		why = e.Gap.Why
	}
	return fmt.Sprintf("proxy %s %s, so replacing it leaves visitors without an answer: %s", e.Proxy, why, e.Gap)
}

// Hint says what to type next.
func (e *GapError) Hint() string {
	if e.Gap.Why != "" {
		return "agree to it: docker bluegreen proxy upgrade --yes; or have the proxy's settings generated, and with a holder there is no gap: see examples/holder"
	}
	return "agree to it: docker bluegreen proxy upgrade --yes; or give the proxy a holder, and there is no gap: see examples/holder"
}

// ProxyDownError tells that the project's proxy does not run, which a
// command without a Compose file cannot change.
type ProxyDownError struct{ Project string }

func (e *ProxyDownError) Error() string {
	return fmt.Sprintf("project %s: its proxy does not run", e.Project)
}

// Hint says what to type next.
func (e *ProxyDownError) Hint() string { return "start it: docker bluegreen up" }
