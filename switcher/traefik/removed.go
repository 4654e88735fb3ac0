package traefik

import (
	"context"
	"encoding/json"
	"errors"
)

// Somebody may remove the routes file: Traefik serves nobody then, and answers
// the tool no more. A copy of the replicas lets the next commit bring both back.

// remember keeps a copy of the replicas.
func (c *control) remember(ctx context.Context, t table, former string) error {
	text, err := json.Marshal(t.Replicas)
	if err != nil || string(text)+"\n" == former {
		return err
	}
	return c.Session.Write(ctx, c.Session.Path(replicasFile), string(text))
}

// remembered is a table without a routing, with the replicas that the last
// routes file had.
func (c *control) remembered(ctx context.Context) (*table, error) {
	path := c.Session.Path(replicasFile)
	contents, err := c.Session.Read(ctx, path)
	if err != nil {
		return nil, err
	}
	t := table{}
	if json.Unmarshal([]byte(contents[path]), &t.Replicas) != nil || t.Replicas == nil {
		t.Replicas = map[string][]replica{} // there was no routes file yet
	}
	return &t, nil
}

// removed tells that Traefik has lost its way in with the routes file, which
// somebody has removed: it serves nobody then.
func (c *control) removed(ctx context.Context, err error) bool {
	if !errors.Is(err, errNoAPI) {
		return false
	}
	t, _, err := c.read(ctx)
	return t == nil && err == nil
}
