package session

import (
	"context"
	"errors"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Errors makes *switcher.ProxyError of what goes wrong in a session.
type Errors struct {
	Proxy string // the proxy's service
	// Causes tells that what a cause says to type next goes before the general
	// hint: on a Swarm it is mostly not the proxy that is at fault.
	Causes bool
}

// Wrap says what was tried, and what to do about it where that is known. A
// nil error stays nil, and a cancelled context stays what it is.
func (e Errors) Wrap(doing string, err error) error {
	var wrapped *switcher.ProxyError
	var lost *switcher.LockLostError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrapped), errors.As(err, &lost), errors.Is(err, context.Canceled):
		return err
	default:
		return &switcher.ProxyError{Proxy: e.Proxy, Doing: doing, Err: err, Next: e.hint(err)}
	}
}

// ErrNotRunning is the answer to questions that only a running proxy knows.
var ErrNotRunning = errors.New("it does not run")

// ErrNoModel tells that the volume has no project to work with.
var ErrNoModel = errors.New("no project is recorded on its volume")

// DamagedError is a file with the active colour that cannot be read.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string { return e.Path + " is damaged: " + e.Err.Error() }
func (e *DamagedError) Unwrap() error { return e.Err }

// hint is the next thing to do about a damaged file or an agent's refusal.
func (e Errors) hint(err error) string {
	var damaged *DamagedError
	if errors.As(err, &damaged) {
		return "remove the file: the next command takes over the colour that the proxy serves"
	}
	var refusal *AgentError
	if !errors.As(err, &refusal) {
		return e.innerHint(err)
	}
	switch refusal.Code {
	case Missing:
		if e.Causes {
			return compose.ControlToolsFix
		}
		return "use an image with perl, with bash and util-linux, or with busybox: the official haproxy images have one of them"
	case NoState:
		return "bring the project up with its Compose file first: docker bluegreen up"
	case IO:
		return ioHint(refusal.Text)
	default:
		return ""
	}
}

// innerHint is what the cause itself says to type next; "" where it says nothing.
func (e Errors) innerHint(err error) string {
	var hinting interface{ Hint() string }
	if e.Causes && errors.As(err, &hinting) {
		return hinting.Hint()
	}
	return ""
}

// ioHint knows why a volume cannot be written.
func ioHint(text string) string {
	switch {
	case strings.Contains(text, "Permission denied"):
		return "the proxy's volume must be writable for the user that the proxy runs as: change the owner of what is mounted there"
	case strings.Contains(text, "Read-only file system"):
		return "the proxy's volume must be writable: mount it without :ro"
	case strings.Contains(text, "No space left"):
		return "make room where the engine keeps its volumes"
	default:
		return ""
	}
}
