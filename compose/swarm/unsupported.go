package swarm

import (
	"context"
	"io"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// What follows acts on one container, which on a Swarm is on a node that only
// its own engine reaches. Check refuses files that would need it; so nobody
// comes here but by mistake.

// UnsupportedError is what a Swarm cannot do.
type UnsupportedError struct{ What string }

func (e *UnsupportedError) Error() string { return "a Swarm cannot " + e.What }

func unsupported(what string) error { return &UnsupportedError{what} }

// Call implements switcher.Runner.
func (*Engine) Call(context.Context, compose.Container, string, []string, io.Writer) error {
	return unsupported("run a command in a container of another node")
}

// Program implements switcher.Runner.
func (*Engine) Program(context.Context, compose.Container, []string, []string, io.Writer) error {
	return unsupported("run a program in a container of another node")
}

// Signal implements switcher.Runner.
func (*Engine) Signal(context.Context, string, string) error {
	return unsupported("send a signal to a container")
}

// StartOnly implements switcher.Runner.
func (*Engine) StartOnly(context.Context, compose.Container) error {
	return unsupported("start one replica alone")
}

// RestartBy implements switcher.Runner.
func (*Engine) RestartBy(context.Context, compose.Container, string) error {
	return unsupported("change how one container is restarted")
}

// Rename implements switcher.Runner.
func (*Engine) Rename(context.Context, compose.Container, string) error {
	return unsupported("rename a task")
}

// End implements switcher.Runner.
func (*Engine) End(context.Context, compose.Container, string) error {
	return unsupported("end one container softly")
}

// Kept implements switcher.Keeper: images lie on the nodes, out of reach.
func (*Engine) Kept(context.Context) ([]string, error) { return nil, compose.ErrKeepsNone }

// Keep implements switcher.Keeper.
func (*Engine) Keep(context.Context, string, string, string) error { return nil }

// Forget implements switcher.Keeper.
func (*Engine) Forget(context.Context, []string) error { return nil }
