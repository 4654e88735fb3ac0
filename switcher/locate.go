package switcher

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// holds tells that another service of the project uses the network of one of
// some containers: that one may be the proxy, of an image with another name.
func (v *visit) holds(some []compose.Container) bool {
	return slices.ContainsFunc(v.state.Containers, func(c compose.Container) bool {
		return slices.ContainsFunc(some, c.In)
	})
}

// findProxy finds the proxy's container among those of the project: the one
// that carries the proxy's label (the file may have changed since), else
// the service that the loaded file names, else the one whose image is a
// proxy's, else what the file says when it is asked. It is nil when there is
// none.
func (v *visit) findProxy(ctx context.Context) (*compose.Container, error) {
	var labelled, likely []compose.Container
	for _, c := range v.state.Containers {
		switch {
		case c.Labels[compose.ProxyLabel] != "":
			labelled = append(labelled, c)
		case compose.KindOf(c.Image) != "":
			likely = append(likely, c)
		}
	}
	switch {
	case len(labelled) > 0:
		return pick(labelled), nil
	case v.Source != nil:
		return pick(v.state.Of(v.Source.Proxy.Service)), nil
	case len(namesOf(likely)) == 1 && !v.holds(likely):
		return pick(likely), nil
	case v.File != nil && len(v.state.Containers) > 0:
		service, err := v.File(ctx)
		return pick(v.state.Of(service)), err
	case len(likely) > 0:
		return nil, &ProxyError{
			Proxy: v.Project, Doing: "find it", Err: fmt.Errorf("%s could be the proxy, or hold its network", strings.Join(namesOf(likely), " or ")),
			Next: "run the command where the Compose file is, with x-bluegreen.proxy in it",
		}
	default:
		return nil, nil
	}
}
