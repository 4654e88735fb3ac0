package traefik

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// maintain makes, on each port with http traffic, a way that goes before those
// of visitors and behind those of previews and probes. It leads to nobody, which
// Traefik answers with 503.
func (d *dynamic) maintain(m compose.Model, t table, e entries) {
	if t.Maintenance == nil {
		return
	}
	d.HTTP.Middlewares[retryAfter] = middleware{Headers: &headers{Response: map[string]string{
		"Retry-After": strconv.Itoa(t.Maintenance.RetryAfter), "Cache-Control": "no-store",
	}}}
	for port := range previewHosts(m) {
		d.way(maintenanceOf(port), router{
			EntryPoints: e[port], Rule: "PathPrefix(`/`)", Priority: maintenancePriority, Service: noColour, Middlewares: []string{retryAfter},
		}, t.Leaving)
	}
}

// maintenanceOf names the router of a port while visitors are turned away.
func maintenanceOf(port int) string { return fmt.Sprintf("bluegreen_maintenance-%d", port) }

// Maintenance implements switcher.Upkeep. Traefik takes the routes file by itself.
func (c *control) Maintenance(ctx context.Context) (*switcher.Maintenance, bool, error) {
	t, _, err := c.read(ctx)
	if err != nil || t == nil {
		return nil, true, c.Errors.Wrap("read the maintenance", err)
	}
	return t.Maintenance, true, nil
}

// Maintain implements switcher.Upkeep. Traefik has nothing to answer with but
// what services say: its errors middleware asks one for a page, and files are
// none.
func (c *control) Maintain(ctx context.Context, m *switcher.Maintenance) error {
	const doing = "turn visitors away"
	if m != nil && m.Page != "" {
		return &compose.InvalidError{
			Service: c.Errors.Proxy, Problem: "Traefik cannot answer with a page of its own",
			Fix: "leave --page out: visitors get 503, Retry-After and Traefik's own sentence",
		}
	}
	t, _, err := c.read(ctx)
	if err == nil && t == nil {
		err = errors.New("no routing has been committed")
	}
	if err != nil {
		return c.Errors.Wrap(doing, err)
	}
	next := t.clone()
	next.Maintenance = m
	return c.Errors.Wrap(doing, c.put(ctx, next))
}
