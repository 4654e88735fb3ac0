package switcher

import (
	"context"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// firstCheck is how long a command waits for what a proxy that has just been
// started does not know yet: it asks several times a second.
const firstCheck = 3 * time.Second

// awaitFirstChecks blocks while nothing keeps a colour from taking traffic but
// that the proxy has not looked at its replicas yet.
func (v *visit) awaitFirstChecks(ctx context.Context, c compose.Colour) (err error) {
	limit := time.After(firstCheck)
	for err == nil && v.state.ProxyRunning && unlooked(v.state, c) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-limit:
			return nil
		case <-time.After(glance):
		}
		err = v.observeServers(ctx)
	}
	return err
}

// unlooked tells that the engine holds all replicas of a colour ready, and
// that those which the proxy does not hold so are those that it has not
// checked yet.
func unlooked(s State, c compose.Colour) bool {
	if s.Model == nil {
		return false
	}
	found := false
	for _, ctr := range s.Of(s.Model.Services(c)...) {
		switch server, known := serverOf(s.Servers[c], ctr); {
		case !ctr.Ready() || known && !server.Up && !server.Unchecked:
			return false
		case !known || server.Unchecked:
			found = true
		}
	}
	return found
}
