package traefik

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// view is what a running Traefik says of its routes (API, /api/rawdata).
type view struct {
	Routers     map[string]seenRouter  `json:"routers"`
	Services    map[string]seenService `json:"services"`
	TCPRouters  map[string]seenRouter  `json:"tcpRouters"`
	TCPServices map[string]seenService `json:"tcpServices"`
}

type seenRouter struct {
	Service string   `json:"service"`
	Status  string   `json:"status"`
	Errors  []string `json:"error"`
}

type seenService struct {
	Status  string            `json:"status"`
	Errors  []string          `json:"error"`
	Servers map[string]string `json:"serverStatus"`
}

// errNoAPI tells of a Traefik that runs and has no API on the tool's entry
// point.
var errNoAPI = errors.New("it has no API on " + adminAddress)

// view asks the running Traefik for its routes.
func (c *control) view(ctx context.Context) (*view, error) {
	answer, err := c.ask(ctx, "/api/rawdata", "localhost")
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		return nil, fmt.Errorf("%w: it answers %d", errNoAPI, answer.Status)
	}
	var v view
	if err := json.Unmarshal(answer.Body, &v); err != nil {
		return nil, fmt.Errorf("its API answers what is no JSON: %w", err)
	}
	return &v, nil
}

// has tells that Traefik has taken a revision of the routes file.
func (v *view) has(revision string) bool {
	_, found := v.Routers[revisionPrefix+revision+provider]
	return found
}

// faults lists what Traefik cannot do of the tool's routes: a router with a
// fault is not there at all for visitors.
func (v *view) faults() []string {
	var found []string
	add := func(name, status string, errs []string) {
		if strings.HasPrefix(name, "bluegreen") && strings.HasSuffix(name, provider) && status != "enabled" {
			found = append(found, strings.TrimSuffix(name, provider)+": "+strings.Join(errs, ", "))
		}
	}
	for _, routers := range []map[string]seenRouter{v.Routers, v.TCPRouters} {
		for name, r := range routers {
			add(name, r.Status, r.Errors)
		}
	}
	for _, services := range []map[string]seenService{v.Services, v.TCPServices} {
		for name, s := range services {
			add(name, s.Status, s.Errors)
		}
	}
	slices.Sort(found)
	return found
}

// ask sends a request to the instance's entry point for the tool.
func (c *control) ask(ctx context.Context, path, host string, headers ...string) (session.Reply, error) {
	if !c.Running {
		return session.Reply{}, session.ErrNotRunning
	}
	l, err := c.lane(ctx)
	if err != nil {
		return session.Reply{}, err
	}
	return c.get(ctx, l.admin(), path, host, headers...)
}

// get sends a request to a port of the proxy's container.
func (c *control) get(ctx context.Context, port int, path, host string, headers ...string) (session.Reply, error) {
	if !c.Running {
		return session.Reply{}, session.ErrNotRunning
	}
	return c.Session.Get(ctx, port, host, path, headers...)
}
