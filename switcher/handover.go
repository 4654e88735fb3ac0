package switcher

import (
	"context"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Handover is how one instance of a proxy takes over from another one in the
// same network. Its methods are those of the successor's line, unless they say
// otherwise.
type Handover interface {
	// EndSignal is the signal at which such a proxy ends once it serves
	// nothing any more: "SIGUSR1".
	EndSignal() string
	// Accepts has the proxy's own program read what an instance is to be
	// started with, from a helper with its image and mounts; command is what
	// its container is to run. What is rejected, or lacks what the model needs,
	// is a *compose.InvalidError; what cannot be told this way passes, and
	// shows when the instance has to prove itself.
	Accepts(ctx context.Context, m compose.Model, command []string) error
	// HandOn leaves what a successor must know to serve from its first
	// request on. It is asked of the running instance, before the successor
	// starts.
	HandOn(ctx context.Context) error
	// Probe sends real requests until this instance has brought one to a
	// replica of each pair of a colour, and back. Where no request can be
	// made up, as for tcp routes and a user's own listeners, it asks nothing.
	Probe(ctx context.Context, m compose.Model, c compose.Colour) error
	// Take gives this instance all new connections where its start alone did
	// not, and tidies up after HandOn.
	Take(ctx context.Context) error
	// Alone blocks until no other instance takes new connections.
	Alone(ctx context.Context) error
	// Former counts what instances and workers that take no new connections
	// any more still serve.
	Former(ctx context.Context) (InFlight, error)
}
