package haproxy

import (
	"context"
	"errors"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Verify implements switcher.Proxy. The text of the settings is all there is
// before the proxy's first start, and the only witness of frontends' rules.
// The running proxy tells the rest, for its settings may be older, or come
// from several files.
func (c *control) Verify(ctx context.Context, m compose.Model) error {
	if m.Proxy.Generated {
		return nil
	}
	w, err := c.witness(ctx, m.Proxy.Settings)
	if err == nil && c.Running && w.live != nil && m.Sticks() {
		w.pins, err = c.knows(ctx, knowsPins)
	}
	if err != nil {
		return c.Errors.Wrap("verify its settings", err)
	}
	var missing []need
	for _, n := range needs(m) {
		if !n.met(w) {
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &compose.InvalidError{
		Service: c.Errors.Proxy,
		Problem: "your settings " + m.Proxy.Settings + " lack lines that blue/green releases need",
		Fix:     "add these lines, then restart the proxy:\n\n" + text(missing),
	}
}

// witness is what is known of a user's own settings.
type witness struct {
	tools   string // of the proxy's image
	text    *config
	running bool
	shares  bool  // the running proxy says that it knows them
	pins    bool  // and that it knows visitors who stay
	live    *view // nil when the proxy does not run, or did not answer
}

// view is what the running proxy says of its settings.
type view struct {
	maps string
	rows []row
}

func (c *control) witness(ctx context.Context, settings string) (witness, error) {
	w := witness{tools: c.Session.Tools(), running: c.Running}
	contents, err := c.Session.Read(ctx, settings)
	if err != nil {
		return w, err
	}
	if text, found := contents[settings]; found {
		w.text = parseConfig(text)
	}
	if !c.Running {
		return w, nil
	}
	w.live, err = c.view(ctx)
	var refusal *session.AgentError
	if errors.As(err, &refusal) && refusal.Code == session.Refused {
		return w, nil // the way in is what is missing
	}
	return w, err
}

func (c *control) view(ctx context.Context) (*view, error) {
	maps, err := c.ask(ctx, "show map")
	if err != nil {
		return nil, err
	}
	rows, err := c.stat(ctx)
	return &view{maps: maps, rows: rows}, err
}
