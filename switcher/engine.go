// Package switcher is the release logic: it observes the engine and the
// proxy, plans a release as a list of steps, and runs the plan. It declares
// the small interfaces that it needs; adapters implement them.
package switcher

import (
	"context"
	"io"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Engine is the place where a project's containers run. Services are named
// as in the Compose file; every method but an Observer's acts on them alone and
// leaves all others untouched.
type Engine interface {
	Observer
	Maker
	Runner
	Keeper
}

// Observer sees what is there.
type Observer interface {
	// Observe lists the project's containers, one-off containers and the
	// tool's own helper left out, sorted by service and number.
	Observe(ctx context.Context) ([]compose.Container, error)
	// Runs tells whether a program is among a container's processes.
	Runs(ctx context.Context, c compose.Container, program string) (bool, error)
}

// Maker brings images and containers into being as the file wants them. It
// needs a loaded file.
type Maker interface {
	// Resolve obtains the images of services by the policy and says what
	// the file wants of each service, in the order asked.
	Resolve(ctx context.Context, services []string, policy compose.ImagePolicy) ([]compose.Spec, error)
	// Create makes the missing containers of services, and the networks and
	// volumes that they need; it starts nothing and replaces nothing.
	Create(ctx context.Context, services []string) error
	// Add makes one more container of a service, as the file wants it now,
	// and leaves those that are there as they are. It starts nothing.
	Add(ctx context.Context, service string) (compose.Container, error)
	// Converge brings services without a colour to what the file says, as
	// `docker compose up -d --wait --no-deps` does: replaced where they
	// differ, keeping their anonymous volumes, started in the order that the
	// file wants, and awaited (one-shot ones until they have ended well).
	Converge(ctx context.Context, services []string) error
}

// Runner starts, awaits and ends containers that exist. It needs no file, but
// for what it is handed one.
type Runner interface {
	// Start starts the services' containers in parallel; running ones stay.
	Start(ctx context.Context, services []string) error
	// Await blocks until each container of services is ready for the engine
	// or one of them cannot become so. It returns *compose.UnhealthyError
	// then, and when ctx's deadline passes.
	Await(ctx context.Context, services []string) error
	// AwaitSteady is Await where a container without a healthcheck is ready
	// when it has run for a time without a break.
	AwaitSteady(ctx context.Context, services []string, steady time.Duration) error
	// Explain adds to failures what their containers said: their last lines
	// of output, and the last output of their healthchecks. What cannot be
	// had stays empty, and ctx may have ended.
	Explain(ctx context.Context, failures []compose.Failure) []compose.Failure
	// Guard blocks until a container of services ends, is removed or becomes
	// unhealthy, also one that the engine starts again: an
	// *compose.UnhealthyError with what it said. When ctx ends it is ctx's error.
	Guard(ctx context.Context, services []string) error
	// Finish starts one-shot services and blocks until each has ended; a
	// non-zero exit is an *compose.UnhealthyError.
	Finish(ctx context.Context, services []string) error
	// Call runs a line of shell in a running container, with variables
	// ("NAME=value") in its environment, to its end; both its outputs go to
	// out. When ctx ends, the command is killed with what it has started.
	Call(ctx context.Context, c compose.Container, line string, env []string, out io.Writer) error
	// Program runs a program in a running container as Call runs a line, without
	// a shell. When ctx ends it is left to end by itself, for without a shell
	// nothing can end it.
	Program(ctx context.Context, c compose.Container, args, env []string, out io.Writer) error
	// Once runs a one-shot service of a file to its end in a container of its
	// own, which is removed then, with variables ("NAME=value") in its
	// environment; its output goes to out. When ctx ends it is killed.
	Once(ctx context.Context, file *compose.Project, service string, env []string, out io.Writer) error
	// Stop stops containers, by id, with the stop signal and grace time
	// that each was made with, in parallel.
	Stop(ctx context.Context, ids []string) error
	// Remove removes containers, by id, with their anonymous volumes;
	// running ones are stopped first.
	Remove(ctx context.Context, ids []string) error
	// Signal sends a signal to one container's first process.
	Signal(ctx context.Context, id, signal string) error
	// StartOnly starts one container, whatever others its service has.
	StartOnly(ctx context.Context, c compose.Container) error
	// RestartBy has the engine restart a container by a policy from now on, as
	// the file writes it: "no", "always", "unless-stopped", "on-failure:3".
	RestartBy(ctx context.Context, c compose.Container, policy string) error
	// Rename gives a container another name.
	Rename(ctx context.Context, c compose.Container, name string) error
	// End sends a container the signal at which it ends by itself, and blocks
	// until it has ended or ctx has; it goes on ending then, and no restart
	// policy revives it. It is never killed. "" is the container's own stop
	// signal.
	End(ctx context.Context, c compose.Container, signal string) error
}
