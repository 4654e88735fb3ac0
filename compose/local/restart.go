package local

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A container that crashes again and again is refused a change at the moments
// in which the engine holds it running and its process has ended.
const (
	updateTries = 30
	updatePause = 100 * time.Millisecond
)

// RestartBy has the engine restart a container by a policy from now on, written
// as in a Compose file: "no", "always", "unless-stopped", "on-failure:3".
// Compose's config hash, a label, stays what it is. One that is gone needs none.
func (e *Engine) RestartBy(ctx context.Context, c compose.Container, policy string) error {
	wanted, err := restartPolicy(policy)
	if err == nil {
		err = e.restartBy(ctx, c.ID, wanted)
	}
	if err == nil || errdefs.IsNotFound(err) {
		return nil
	}
	return fmt.Errorf("have container %s restarted by the policy %q: %w", c.Name, policy, err)
}

// restartBy tries again where the engine has found the container running and
// its process ended, whichever of its parts says so, and in what words.
func (e *Engine) restartBy(ctx context.Context, id string, policy *container.RestartPolicy) error {
	for try := 1; ; try++ {
		_, err := e.api().ContainerUpdate(ctx, id, client.ContainerUpdateOptions{RestartPolicy: policy})
		between := errdefs.IsNotFound(err) || errdefs.IsInternal(err)
		if errdefs.IsNotFound(err) { // the container, or its process
			_, gone := e.api().ContainerInspect(ctx, id, client.ContainerInspectOptions{})
			if gone != nil {
				return gone
			}
			err = fmt.Errorf("its process has ended: %v", err) //nolint:errorlint // the container is there
		}
		if !between || try == updateTries {
			return err
		}
		if err := pause(ctx, updatePause); err != nil {
			return err
		}
	}
}

// restartPolicy reads a policy with the number of tries that it may have.
func restartPolicy(policy string) (*container.RestartPolicy, error) {
	name, number, limited := strings.Cut(policy, ":")
	read := &container.RestartPolicy{Name: container.RestartPolicyMode(name)}
	if !limited {
		return read, nil
	}
	var err error
	read.MaximumRetryCount, err = strconv.Atoi(number)
	return read, err
}
