package traefik

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// Unopened implements switcher.Proxy. Traefik makes its entry points when it
// starts, and the settings on the volume may be newer than that: so the running
// one is asked. What a user's own settings lack is for Verify to say.
func (c *control) Unopened(ctx context.Context, m compose.Model) ([]int, error) {
	if !m.Proxy.Generated || !c.Running {
		return nil, nil
	}
	open, err := c.opened(ctx)
	if c.removed(ctx, err) {
		return nil, nil // nobody is served: the routes file comes first
	}
	if err != nil {
		return nil, c.Errors.Wrap("ask at which ports it listens", err)
	}
	var unopened []int
	for _, port := range ports(m) {
		if _, found := open.At(port); !found {
			unopened = append(unopened, port)
		}
	}
	return unopened, nil
}

// opened asks the running Traefik for its entry points (API, /api/entrypoints).
func (c *control) opened(ctx context.Context) (staticconfig.Config, error) {
	answer, err := c.ask(ctx, "/api/entrypoints?per_page=10000", "localhost")
	if err != nil {
		return staticconfig.Config{}, err
	}
	if answer.Status != http.StatusOK {
		return staticconfig.Config{}, fmt.Errorf("%w: it answers %d", errNoAPI, answer.Status)
	}
	return parseOpened(answer.Body)
}

func parseOpened(body []byte) (staticconfig.Config, error) {
	var points []struct{ Name, Address string }
	if err := json.Unmarshal(body, &points); err != nil {
		return staticconfig.Config{}, fmt.Errorf("its API answers what is no JSON: %w", err)
	}
	open := staticconfig.Config{EntryPoints: map[string]staticconfig.EntryPoint{}}
	for _, p := range points {
		open.EntryPoints[p.Name] = staticconfig.EntryPoint{Address: p.Address}
	}
	return open, nil
}
