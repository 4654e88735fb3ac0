package switcher

import (
	"context"
	"errors"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// replaceInstances brings the proxy's service to what the file says. Instances
// that do not come up are put back to what they were: a *ReplaceError.
func (r *runner) replaceInstances(ctx context.Context, s Step) error {
	err := r.Engine.Converge(ctx, s.Services)
	var unhealthy *compose.UnhealthyError
	if errors.As(err, &unhealthy) {
		return &ReplaceError{Proxy: s.Services[0], Former: "the former ones", Err: err, Failures: unhealthy.Failures}
	}
	return err
}
