package switcher

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Preview is the way to the idle colour, by the proxy that visitors use, for
// whoever has the token or asks for a preview's host. Who comes that way never
// gets an answer of the active colour.
type Preview interface {
	// Token opens the preview; "" while nothing does.
	Token(ctx context.Context) (string, error)
	// SetToken has the running proxy take a token instead of the former one,
	// then makes it durable, readable by the proxy's user alone. "" closes the
	// preview. Durable comes last here: a command that is killed in between
	// leaves the former token on record, so that the next one does it again.
	SetToken(ctx context.Context, token string) error
	// Previews tells whether the running proxy has what a preview needs. A
	// user's own settings may leave it out.
	Previews(ctx context.Context, m compose.Model) (bool, error)
}

// preview opens the preview to its token, which has to be there before the
// settings name it. Routes that the token does not change may change with who
// may see them.
func (p *Plan) preview(s State, w wanted) {
	if s.Token != w.Token || s.Model != nil && s.Model.Preview != w.Model.Preview {
		p.add(Step{Action: DoPreview, Services: []string{w.Model.Proxy.Service}, Cause: "who may see the idle colour has changed"})
	}
}

// PreviewStatus is how the idle colour is seen before it takes traffic.
type PreviewStatus struct {
	// Token is a password: what is not released is not for everybody.
	Token string `json:"token"`
	// Curl are the commands that show it.
	Curl []string `json:"curl"`
	// Missing says why there is no preview.
	Missing string `json:"missing,omitempty"`
}

// preview says how the idle colour is seen; nil where nobody is to see it, or
// where that cannot be found out: it must not keep the rest of a status from
// being seen.
func (v *visit) preview(ctx context.Context) *PreviewStatus {
	if v.line == nil || v.state.Model == nil || !v.state.ProxyRunning || v.state.Model.Preview == compose.PreviewOff {
		return nil
	}
	m := *v.state.Model
	token, err := v.line.Token(ctx)
	if err != nil || token == "" {
		return nil
	}
	switch there, err := v.line.Previews(ctx, m); {
	case err != nil:
		return nil
	case !there:
		return &PreviewStatus{Curl: []string{}, Missing: "your settings of the proxy lack its lines: docker bluegreen config"}
	}
	return &PreviewStatus{Token: token, Curl: previews(m, v.state.Of(m.Proxy.Service, m.Proxy.Holder), v.secure(ctx), token)}
}

// previews lists the commands that show the idle colour.
func previews(m compose.Model, proxies []compose.Container, secure []int, token string) []string {
	commands := map[string]bool{}
	for route, port := range published(m, proxies) {
		if route.Mode == compose.TCP {
			continue
		}
		if route.Path == "" {
			route.Path = "/"
		}
		ends := slices.Contains(secure, route.Listen)
		commands[fmt.Sprintf("curl -H '%s: %s' %s", compose.PreviewHeader, token, urlOf(route, port, ends))] = true
		if route.Preview != "" {
			route.Host = route.Preview
			commands["curl "+urlOf(route, port, ends)] = true
		}
	}
	return slices.Sorted(maps.Keys(commands))
}
