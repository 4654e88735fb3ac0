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
	for try := 1; err == nil; try++ {
		_, err = e.api().ContainerUpdate(ctx, c.ID, client.ContainerUpdateOptions{RestartPolicy: wanted})
		switch {
		case err == nil || errdefs.IsNotFound(err):
			return nil
		case try < updateTries && strings.Contains(err.Error(), "stopped container"):
			err = pause(ctx, updatePause)
		}
	}
	return fmt.Errorf("have container %s restarted by the policy %q: %w", c.Name, policy, err)
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
