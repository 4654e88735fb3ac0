package switcher

import (
	"fmt"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// CheckError tells which checks a colour has failed. No traffic was moved. What
// it says holds neither headers nor bodies of requests, nor arguments of
// commands: the history keeps an error's words.
type CheckError struct {
	Colour compose.Colour
	// Failed are the checks that failed, of so many.
	Failed []CheckResult
	Of     int
	// Containers are those of the pairs that failed, with what they said last.
	Containers []compose.Failure
}

// CheckResult is what came of one check.
type CheckResult struct {
	// Name tells it from others: "GET /orders of web".
	Name string `json:"name"`
	Pair string `json:"pair"`
	// Request is what was asked for: "GET http://shop.example/api/orders"; ""
	// for a command.
	Request string `json:"request,omitempty"`
	// Status is that of the answer; zero when there was none.
	Status int `json:"status,omitempty"`
	// Why says what failed; "" when it passed.
	Why string `json:"why,omitempty"`
	// Answer has the first lines of an answer's body that was not as it should
	// be, or the last ones of what a command printed.
	Answer []string `json:"answer,omitempty"`
	// Tries is how often it was tried, Took how long the last one took, in
	// JSON in nanoseconds.
	Tries int           `json:"tries"`
	Took  time.Duration `json:"took"`
}

// Passed tells that it is as it should be.
func (r CheckResult) Passed() bool { return r.Why == "" }

func (e *CheckError) Error() string {
	var why []string
	for _, f := range e.Failed {
		why = append(why, f.Name+" "+f.Why)
	}
	return fmt.Sprintf("%d of %d checks of %s failed: %s", len(e.Failed), e.Of, e.Colour, strings.Join(why, "; "))
}

// Hint says what to type next.
func (e *CheckError) Hint() string {
	return fmt.Sprintf("no traffic was moved; mend it and bring it up anew: docker bluegreen up; try the checks alone: docker bluegreen check %s", e.Colour)
}

// ChecksUnreadError tells that the project has checks which cannot be read, so
// that a move was not made which they might have kept from happening.
type ChecksUnreadError struct {
	Doing string
	Err   error
}

func (e *ChecksUnreadError) Error() string {
	return fmt.Sprintf("%s: the project has checks, and they cannot be read: %v", e.Doing, e.Err)
}

func (e *ChecksUnreadError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *ChecksUnreadError) Hint() string {
	return "mend the file, or name it: -f FILE; in an emergency go on without checks: --no-checks"
}
