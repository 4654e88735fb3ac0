package haproxy

import (
	"context"
	"sync/atomic"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// projectLabel is Compose's label with the name of a container's project.
const projectLabel = "com.docker.compose.project"

// Doors opens sessions with a project's HAProxy. It implements
// switcher.Doors.
type Doors struct {
	Dialer compose.Dialer
	// Project is the Compose project's name, for messages; a running proxy's
	// label goes before it.
	Project string
	// Proxy is the proxy as a loaded file has it. The zero Proxy is for
	// commands without a file: a running proxy is then asked where its
	// state is.
	Proxy compose.Proxy
}

// Enter implements switcher.Doors.
func (d Doors) Enter(ctx context.Context, proxy compose.Container) (switcher.Control, error) {
	dial := func(ctx context.Context, command []string) (compose.Stream, error) {
		return d.Dialer.Exec(ctx, proxy.ID, command)
	}
	project := d.Project
	if name := proxy.Labels[projectLabel]; name != "" {
		project = name
	}
	return open(ctx, dial, d.place(proxy), session.Errors{Proxy: proxy.Service}, project, true)
}

// EnterBeside implements switcher.Doors.
func (d Doors) EnterBeside(ctx context.Context, proxy compose.Container) (switcher.Control, error) {
	entered, err := d.Enter(ctx, proxy)
	if c, ok := entered.(*control); ok {
		c.beside = true
	}
	return entered, err
}

// EnterStopped implements switcher.Doors.
func (d Doors) EnterStopped(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	dial := func(ctx context.Context, command []string) (compose.Stream, error) {
		return d.Dialer.Spawn(ctx, proxy, command)
	}
	return d.openStopped(ctx, dial, proxy)
}

// EnterNext implements switcher.Doors.
func (d Doors) EnterNext(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	dial := func(ctx context.Context, command []string) (compose.Stream, error) {
		return d.Dialer.SpawnNext(ctx, proxy, command)
	}
	return d.openStopped(ctx, dial, proxy)
}

func (d Doors) openStopped(ctx context.Context, dial session.Dial, proxy compose.Proxy) (switcher.Control, error) {
	place := session.Place{Default: proxy.Directory()}
	return open(ctx, dial, place, session.Errors{Proxy: proxy.Service}, d.Project, false)
}

// place tells where the state is: the label that the tool puts on the proxies
// that it makes, else the mount that has a recorded project, else what the
// file says.
func (d Doors) place(proxy compose.Container) session.Place {
	if volume := proxy.Labels[compose.VolumeLabel]; volume != "" {
		return session.Place{Default: compose.Proxy{Volume: volume}.Directory()}
	}
	var place session.Place
	if d.Proxy.Volume != "" {
		place.Default = d.Proxy.Directory()
	}
	for _, mount := range proxy.Mounts {
		place.Candidates = append(place.Candidates, compose.Proxy{Volume: mount}.Directory())
	}
	return place
}

func open(
	ctx context.Context, dial session.Dial, place session.Place, errs session.Errors, project string, running bool,
) (switcher.Control, error) {
	s, err := session.Open(ctx, dial, place)
	if err != nil {
		return nil, errs.Wrap("open a session", err)
	}
	return &control{
		Lock:    &session.Lock{Session: s, Errors: errs, Project: project},
		Store:   &session.Store{Session: s, Errors: errs},
		session: s,
		errors:  errs,
		running: running,
	}, nil
}

// control is an open session with a project's HAProxy.
type control struct {
	*session.Lock
	*session.Store
	session *session.Session
	errors  session.Errors
	// running tells that the session is in the running proxy, not in a
	// helper beside it.
	running bool
	// beside tells that another instance runs in the same network: only
	// answers of this container's own count. identity is how those are known
	// again, once they are.
	beside   bool
	identity atomic.Value
	// masterID is the process id of HAProxy's master; 0 until it is known.
	masterID atomic.Int64
}

var _ switcher.Control = (*control)(nil)

// Close implements switcher.Control.
func (c *control) Close() error { return c.session.Close() }
