package switcher

import (
	"context"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// History lists what happened to the project, oldest first. It lies on the
// volume of the proxy, whose container is needed to find it, running or not;
// without one it is a *ProxyDownError.
func (s *Switcher) History(ctx context.Context) ([]Record, error) {
	v := &visit{Switcher: s}
	defer v.end()
	err := v.enter(ctx, Options{DryRun: true})
	if isDown(err) || err == nil && v.line == nil {
		err = v.enterRemains(ctx)
	}
	if err != nil {
		return nil, err
	}
	records, err := v.line.History(ctx)
	if err == nil {
		err = v.observeShelf(ctx)
	}
	if err == nil && v.state.Shelf != nil {
		v.state.Shelf.tellKept(s.Project, records)
	}
	return records, err
}

// enterRemains opens the line to the volume of a proxy that has been stopped.
func (v *visit) enterRemains(ctx context.Context) error {
	proxy, err := v.findProxy(ctx)
	if err != nil {
		return err
	}
	if proxy == nil || proxy.Labels[compose.VolumeLabel] == "" {
		return &ProxyDownError{Project: v.Project}
	}
	v.line, err = v.Doors.EnterStopped(ctx, compose.Proxy{
		Service: proxy.Service, Kind: compose.Kind(proxy.Labels[compose.ProxyLabel]), Volume: proxy.Labels[compose.VolumeLabel],
	})
	return err
}
