package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/attach"
)

// Spawn runs cmd in a helper: a short-lived container of the proxy's image,
// with the proxy's mounts, as the proxy's user, without a network. What the
// proxy's container was made with counts, else what the file says; then
// missing volumes and a missing image are obtained. The helper ends with its
// stdin, which is when the stream is closed or this process dies, and the
// engine removes it then. ctx bounds the opening alone.
//
// To Compose the helper is what `docker compose run` makes: no replica, shown
// by `ps --all`, and swept by `down --remove-orphans`.
func (e *Engine) Spawn(ctx context.Context, proxy compose.Proxy, cmd []string) (compose.Stream, error) {
	h, err := e.helper(ctx, proxy)
	return e.spawned(ctx, proxy, cmd, h, err)
}

// SpawnNext is Spawn with the image and the mounts that the file wants of the
// proxy now, whatever its container was made with.
func (e *Engine) SpawnNext(ctx context.Context, proxy compose.Proxy, cmd []string) (compose.Stream, error) {
	if e.source == nil {
		return e.spawned(ctx, proxy, cmd, helper{}, errNoFile)
	}
	h, err := e.helperFromFile(ctx, proxy.Service)
	return e.spawned(ctx, proxy, cmd, h, err)
}

// SpawnInNetwork runs cmd in a helper of a container's image, in its network,
// with the one capability that changing the network takes, and without mounts.
func (e *Engine) SpawnInNetwork(ctx context.Context, containerID string, cmd []string) (compose.Stream, error) {
	var s *attach.Stream
	h, err := e.helperIn(ctx, containerID)
	if err == nil {
		s, err = e.spawn(ctx, compose.Proxy{Service: h.config.Labels[api.ServiceLabel]}, cmd, h)
	}
	if err != nil {
		return nil, fmt.Errorf("run %s in the network of %s: %w", cmd[0], short(containerID), err)
	}
	return s, nil
}

func (e *Engine) spawned(
	ctx context.Context, proxy compose.Proxy, cmd []string, h helper, err error,
) (compose.Stream, error) {
	var s *attach.Stream
	if err == nil {
		s, err = e.spawn(ctx, proxy, cmd, h)
	}
	if err != nil {
		return nil, fmt.Errorf("run %s beside the proxy %s: %w", cmd[0], proxy.Service, err)
	}
	return s, nil
}

func (e *Engine) spawn(ctx context.Context, proxy compose.Proxy, cmd []string, helper helper) (*attach.Stream, error) {
	helper.command(cmd)
	for try := 1; ; try++ {
		made, err := e.createHelper(ctx, proxy, helper)
		if err != nil {
			return nil, err
		}
		s, err := e.attachHelper(ctx, made)
		switch {
		case err == nil:
			e.sweep(ctx)
			return s, nil
		case errdefs.IsNotFound(err) && try < spawnTries:
			// Another client took it for a leftover before it was started.
		default:
			// Never started, it would never end.
			return nil, errors.Join(err, e.discard(ctx, made))
		}
	}
}

// spawnTries bounds how often a helper is made anew: a client sweeps once, so
// only as many clients at once could use them up.
const spawnTries = 8

// createHelper makes the container, and obtains its image where it is missing.
func (e *Engine) createHelper(ctx context.Context, proxy compose.Proxy, h helper) (id string, err error) {
	// A name of its own each time: a former one may not be gone yet.
	slug := strings.ToLower(rand.Text()[:12])
	h.config.Labels[api.SlugLabel] = slug
	options := client.ContainerCreateOptions{
		Name:   strings.Join([]string{e.name, proxy.Service, "bluegreen", slug}, api.Separator),
		Config: &h.config, HostConfig: &h.host,
	}
	made, err := e.api().ContainerCreate(ctx, options)
	if errdefs.IsNotFound(err) && e.source != nil {
		if _, err := e.Resolve(ctx, []string{proxy.Service}, compose.ImagePolicy{}); err != nil {
			return "", err
		}
		made, err = e.api().ContainerCreate(ctx, options)
	}
	return made.ID, err
}

// attachHelper starts the container with this process at its stdin.
func (e *Engine) attachHelper(ctx context.Context, id string) (*attach.Stream, error) {
	attached, err := e.api().ContainerAttach(ctx, id, client.ContainerAttachOptions{
		Stream: true, Stdin: true, Stdout: true, Stderr: true,
	})
	if err != nil {
		return nil, err
	}
	if _, err := e.api().ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
		attached.Close()
		return nil, err
	}
	return attach.New(attached.HijackedResponse, func() error { return e.ended(id) }), nil
}

const (
	// helperGrace is how long a helper may take to end after its stdin.
	helperGrace = 3 * time.Second
	// removalTime is how long a busy engine may take to remove one.
	removalTime = 15 * time.Second
)

// ended returns when the helper is gone: it holds the volume, which the next
// step may want to remove.
func (e *Engine) ended(id string) error {
	ctx, cancel := context.WithTimeout(context.Background(), helperGrace)
	defer cancel()
	if err := e.awaitRemoval(ctx, id); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return e.discard(context.Background(), id)
}

// discard removes a helper at once, even when ctx has ended.
func (e *Engine) discard(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removalTime)
	defer cancel()
	if err := e.forceRemove(ctx, id); err != nil {
		return fmt.Errorf("remove helper %s: %w", short(id), err)
	}
	return nil
}

// sweep removes the helpers that killed clients have left before they were
// started; one that another client is starting now is made anew by it, or
// runs already and is refused. It is housekeeping: what fails is left to the
// next one.
func (e *Engine) sweep(ctx context.Context) {
	found, err := e.helpers(ctx)
	if err != nil {
		return
	}
	for _, c := range found {
		if c.State == container.StateCreated || c.State == container.StateExited {
			_, _ = e.api().ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{RemoveVolumes: true}) // see above
		}
	}
}

// helpers lists the project's helpers, in any state.
func (e *Engine) helpers(ctx context.Context) ([]container.Summary, error) {
	found, err := e.api().ContainerList(ctx, client.ContainerListOptions{
		All:     true,
		Filters: withLabel(api.ProjectLabel, e.name).Add("label", compose.HelperLabel+"="+e.name),
	})
	return found.Items, err
}
