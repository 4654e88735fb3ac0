package compose

import (
	"context"
	"io"
)

// Stream is an attached process in a container: what is written to it
// arrives at the process's stdin.
type Stream interface {
	io.Writer
	// Stdout reads what the process writes, without its stderr.
	Stdout() io.Reader
	// Stderr is what the process has written to stderr so far; an engine
	// may keep only the last few kilobytes. Safe for concurrent use.
	Stderr() string
	// Close closes the process's stdin and ends the connection; a blocked
	// Write or Stdout().Read returns an error. It is safe to call twice and
	// from another goroutine.
	Close() error
}

// Dialer attaches processes in containers of a project's proxy. The context
// bounds the opening alone, not the life of the stream. A process whose
// client is gone sees the end of its stdin.
type Dialer interface {
	// Exec runs cmd in a running container.
	Exec(ctx context.Context, containerID string, cmd []string) (Stream, error)
	// Spawn runs cmd in a short-lived container of the proxy's image with
	// the proxy's mounts, as the user that the proxy runs as, without a
	// network. It makes the proxy's volume when that is missing. The container ends
	// with its stdin and is then removed.
	Spawn(ctx context.Context, proxy Proxy, cmd []string) (Stream, error)
	// SpawnNext is Spawn in a container of the image and with the mounts that
	// the file wants of the proxy now, whatever its container has.
	SpawnNext(ctx context.Context, proxy Proxy, cmd []string) (Stream, error)
	// SpawnInNetwork runs cmd in a short-lived container of a container's
	// image, in that container's network, which it may configure; nothing else
	// is allowed to it, and it has no mounts. It is removed when it has ended.
	SpawnInNetwork(ctx context.Context, containerID string, cmd []string) (Stream, error)
}
