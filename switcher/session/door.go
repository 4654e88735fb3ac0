package session

import (
	"context"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// projectLabel is Compose's label with the name of a container's project.
const projectLabel = "com.docker.compose.project"

// Door opens the lines to a project's proxy, of whatever kind.
type Door struct {
	Dialer compose.Dialer
	// Project is the Compose project's name, for messages; a running proxy's
	// label goes before it.
	Project string
	// Proxy is the proxy as a loaded file has it. The zero Proxy is for
	// commands without a file: a running proxy is then asked where its
	// state is.
	Proxy compose.Proxy
}

// Line is an open session with all that does not depend on the proxy's kind.
// It implements switcher.Lock and switcher.Store.
type Line struct {
	*Lock
	*Store
	Session *Session
	Errors  Errors
	// Running tells that the session is in the running proxy, not in a
	// helper beside it.
	Running bool
}

// Enter opens a line inside the running proxy.
func (d Door) Enter(ctx context.Context, proxy compose.Container) (*Line, error) {
	dial := func(ctx context.Context, command []string) (compose.Stream, error) {
		return d.Dialer.Exec(ctx, proxy.ID, command)
	}
	project := d.Project
	if name := proxy.Labels[projectLabel]; name != "" {
		project = name
	}
	return open(ctx, dial, d.place(proxy), proxy.Service, project, true)
}

// EnterStopped opens a line in a helper beside a proxy that does not run.
func (d Door) EnterStopped(ctx context.Context, proxy compose.Proxy) (*Line, error) {
	return d.stopped(ctx, proxy, d.Dialer.Spawn)
}

// EnterNext is EnterStopped with the image and the mounts that the file wants
// now.
func (d Door) EnterNext(ctx context.Context, proxy compose.Proxy) (*Line, error) {
	return d.stopped(ctx, proxy, d.Dialer.SpawnNext)
}

// stopped opens a line in a helper that spawn makes.
func (d Door) stopped(
	ctx context.Context, proxy compose.Proxy, spawn func(context.Context, compose.Proxy, []string) (compose.Stream, error),
) (*Line, error) {
	dial := func(ctx context.Context, command []string) (compose.Stream, error) { return spawn(ctx, proxy, command) }
	return open(ctx, dial, Place{Default: proxy.Directory()}, proxy.Service, d.Project, false)
}

// place tells where the state is: the label that the tool puts on the proxies
// that it makes, else the mount that has a recorded project, else what the
// file says.
func (d Door) place(proxy compose.Container) Place {
	if volume := proxy.Labels[compose.VolumeLabel]; volume != "" {
		return Place{Default: compose.Proxy{Volume: volume}.Directory()}
	}
	var place Place
	if d.Proxy.Volume != "" {
		place.Default = d.Proxy.Directory()
	}
	for _, mount := range proxy.Mounts {
		place.Candidates = append(place.Candidates, compose.Proxy{Volume: mount}.Directory())
	}
	return place
}

func open(ctx context.Context, dial Dial, place Place, service, project string, running bool) (*Line, error) {
	errs := Errors{Proxy: service}
	s, err := Open(ctx, dial, place)
	if err != nil {
		return nil, errs.Wrap("open a session", err)
	}
	return &Line{
		Lock:    &Lock{Session: s, Errors: errs, Project: project},
		Store:   &Store{Session: s, Errors: errs},
		Session: s,
		Errors:  errs,
		Running: running,
	}, nil
}

// Close ends the session and frees the lock. It is safe to call twice.
func (l *Line) Close() error { return l.Session.Close() }
