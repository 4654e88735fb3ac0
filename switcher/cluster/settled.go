package cluster

import (
	"context"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose/swarm"
)

// election is how long the managers may take to choose another leader. Ten
// seconds without one begin it, and a manager may hang on the lost one's
// connection for as long again.
const election = time.Minute

// Settled asks a Swarm, again and again while it has no leader: what is begun is
// not given up for that.
func Settled[T any](ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	for end := time.Now().Add(election); ; {
		answer, err := ask(ctx)
		if err == nil || !swarm.Unsettled(err) || time.Now().After(end) {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return answer, err
		case <-time.After(glance):
		}
	}
}
