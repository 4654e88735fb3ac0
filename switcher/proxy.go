package switcher

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Doors open the line to the proxy.
type Doors interface {
	// Enter opens a session inside the running proxy container.
	Enter(ctx context.Context, proxy compose.Container) (Control, error)
	// EnterStopped opens a session on the proxy's state while no proxy
	// runs: in a short-lived helper container of the proxy's own image with
	// the proxy's own mounts. It makes the volume when it is missing.
	EnterStopped(ctx context.Context, proxy compose.Proxy) (Control, error)
	// EnterBeside is Enter where another instance runs in the same network:
	// the answers are this one's alone.
	EnterBeside(ctx context.Context, proxy compose.Container) (Control, error)
	// EnterNext is EnterStopped with the image and the mounts that the file
	// wants now, whatever runs.
	EnterNext(ctx context.Context, proxy compose.Proxy) (Control, error)
	// Dial opens a connection, from inside a running proxy's container, to a
	// port of its loopback interface. ctx bounds the opening alone.
	Dial(ctx context.Context, containerID string, port int) (net.Conn, error)
	// Joins finds what the command of the proxy's service lacks for taking
	// over from a running instance: *compose.InvalidError.
	Joins(proxy compose.Proxy, command []string) error
	// Alone says why no instance of such a proxy can serve beside another
	// one, whatever its command ("has ..."); "" where one can.
	Alone(proxy compose.Proxy) string
}

// Control is an open line to the proxy. It dies with the process that opened
// it, and the lock with it.
type Control interface {
	Lock
	Store
	Proxy
	Preview
	Counters
	Upkeep
	Handover
	// Close ends the session and frees the lock. It is safe to call twice.
	Close() error
}

// Lock lets one release at a time work on a project.
type Lock interface {
	// Acquire takes the lock, waiting up to wait for another holder to
	// finish. It returns *LockedError when the lock stays taken.
	Acquire(ctx context.Context, holder Holder, wait time.Duration) error
	// Held tells who holds the lock now; nil when it is free.
	Held(ctx context.Context) (*Holder, error)
}

// Holder says who works on a project.
type Holder struct {
	// Command is the verb: "switch".
	Command string `json:"command"`
	// Who is the person and machine: "ann@laptop".
	Who   string    `json:"who"`
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

// Store keeps a project's memory on the proxy's volume. Every write is
// durable (temporary file, fsync, rename, fsync of the directory) before it
// returns.
type Store interface {
	// Model is the project as the last `up` recorded it; nil when none did.
	Model(ctx context.Context) (*compose.Model, error)
	SaveModel(ctx context.Context, m compose.Model) error
	// History lists what happened, oldest first.
	History(ctx context.Context) ([]Record, error)
	// Append adds a record, and drops the oldest above HistoryLimit.
	Append(ctx context.Context, r Record) error
	// Releases are those whose images are kept, oldest first.
	Releases(ctx context.Context) ([]Kept, error)
	SaveReleases(ctx context.Context, releases []Kept) error
}

// Proxy is the routing of a project. The durable routing is the truth; the
// live colour is what the running proxy serves.
type Proxy interface {
	// Routing reads the durable routing; nil when the volume has none.
	Routing(ctx context.Context) (*Routing, error)
	// Live asks the running proxy whom it serves. A wrong or missing answer
	// is a *ProxyError.
	Live(ctx context.Context) (Traffic, error)
	// Commit makes the routing durable, then live, and reads both back: the
	// active colour and the share of the other one. They are one value for all
	// pairs. Before the proxy runs it only makes the
	// routing durable. A failure is a *ProxyError; the routing is then
	// either the former one or r, never a mixture.
	Commit(ctx context.Context, r Routing) error
	// Note rewrites the durable routing without a change of the traffic.
	Note(ctx context.Context, r Routing) error

	// Divides finds what a user's own settings lack for shares, in the running
	// proxy: *compose.InvalidError whose Fix has the lines to add.
	Divides(ctx context.Context, m compose.Model) error

	Replicas

	// Outdated tells whether the settings on the volume differ from those
	// that the model wants (always false when they are the user's own).
	Outdated(ctx context.Context, m compose.Model) (bool, error)
	// Unopened lists those of the model's ports that the running proxy opens
	// only when it is started anew with the model's settings.
	Unopened(ctx context.Context, m compose.Model) ([]int, error)
	// Configure validates the model's settings with the proxy's own
	// program, then makes them durable. Rejected settings are a
	// *compose.InvalidError, and nothing has changed.
	Configure(ctx context.Context, m compose.Model) error
	// Reload lets the running proxy take the durable settings without
	// losing a request, and returns when it has.
	Reload(ctx context.Context) error
	// Verify finds what a user's own settings lack for the model, in the
	// running proxy: *compose.InvalidError whose Fix has the lines to add.
	Verify(ctx context.Context, m compose.Model) error
	// Secure lists those of the model's ports at which the proxy ends TLS, as
	// far as a user's own settings tell. Generated ones never do.
	Secure(ctx context.Context, m compose.Model) ([]int, error)
}

// Replicas are a proxy's dealings with the containers that it sends traffic
// to.
type Replicas interface {
	// Enrol makes the running proxy know a side's replicas, those that run
	// and no others. One of a colour that takes traffic gets none before the
	// proxy has seen it pass its check; until then Enrol has to be asked
	// again. A proxy that finds replicas by itself has nothing to do.
	Enrol(ctx context.Context, s Side) error
	// Servers lists what the running proxy knows of the replicas of sides.
	Servers(ctx context.Context, sides ...Side) (map[compose.Colour][]Server, error)
	// Recheck makes the proxy forget the health of a side's replicas, so
	// that only a check from now on can call them up. Never for a colour
	// that takes traffic.
	Recheck(ctx context.Context, s Side) error
	// InFlight counts what a side still serves.
	InFlight(ctx context.Context, s Side) (InFlight, error)
	// Hold keeps replicas of a service that appear from now on out of the
	// rotation, so that a new replica of a colour which takes traffic gets
	// none before it is ready.
	Hold(ctx context.Context, service string) error
	// Retire gives no new work to one replica.
	Retire(ctx context.Context, replica compose.Container) error
	// Readmit undoes Hold and Retire for all replicas of a service.
	Readmit(ctx context.Context, service string) error
}

// Side is one colour of a project as the engine shows it now.
type Side struct {
	Model  compose.Model
	Colour compose.Colour
	// Containers are those of the colour's pairs, whatever their state.
	Containers []compose.Container
}

// Server is the proxy's view of one replica.
type Server struct {
	Pair    string
	Service string
	// Slot is the proxy's name of it, Address the replica's IP address.
	Slot    string
	Address string
	// Up tells that the proxy's own check passed and it would send traffic.
	Up bool
	// Unchecked tells that the proxy has not come to check it yet.
	Unchecked bool
	// Why is the proxy's word for the state ("L7OK", "DOWN L4CON").
	Why string
	// Sessions counts what the replica serves at this moment.
	Sessions int
}

// InFlight counts what a colour serves, by kind.
type InFlight struct {
	Requests    int `json:"requests"`
	Streams     int `json:"streams"`
	Websockets  int `json:"websockets"`
	Connections int `json:"connections"` // of tcp routes
}

// Total is the number of all that is in flight.
func (f InFlight) Total() int { return f.Requests + f.Streams + f.Websockets + f.Connections }

// String lists what is in flight: "2 requests, 1 websocket", or "nothing".
func (f InFlight) String() string {
	var parts []string
	for _, kind := range []struct {
		n    int
		name string
	}{{f.Requests, "request"}, {f.Streams, "stream"}, {f.Websockets, "websocket"}, {f.Connections, "connection"}} {
		switch {
		case kind.n == 1:
			parts = append(parts, "1 "+kind.name)
		case kind.n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", kind.n, kind.name))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
