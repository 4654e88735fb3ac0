// Package probe asks for a project's pages, as visitors do, from the machine
// where the tool runs, while the project's traffic moves.
package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The probe is light: its requests to a page are so far apart, and half of them
// are made on a connection that is kept. No more than this is read of an answer.
const (
	interval = 20 * time.Millisecond
	largest  = 1 << 20
)

// The first answer must come soon, for the release waits for it. Later ones may
// take their time: a replica is allowed to be slow. After the change the probe
// goes on for a moment, and for longer where the new colour keeps it waiting.
const (
	promptly  = 2 * time.Second
	patiently = 5 * time.Second
	moment    = 100 * time.Millisecond
	limit     = 2 * time.Second
)

// Prober implements switcher.Prober.
type Prober struct {
	// Engine is the address of the engine: "unix:///var/run/docker.sock".
	Engine string
	// Version is the tool's own, by which a request says where it comes from.
	Version string
}

// Begin implements switcher.Prober. Pages that do not answer well to begin with
// are left out, and only where none does is that an error.
func (p Prober) Begin(ctx context.Context, o switcher.ProbeOptions) (switcher.Probing, error) {
	r := &run{to: o.To, moved: make(chan struct{})}
	var reasons []string
	tried := make([]*page, len(o.Targets))
	failed := make([]error, len(o.Targets))
	var tries sync.WaitGroup
	for i, target := range o.Targets {
		tries.Go(func() { tried[i], failed[i] = p.try(ctx, target, o.Token) })
	}
	tries.Wait()
	for i, err := range failed {
		if err != nil {
			reasons = append(reasons, fmt.Sprintf("port %d: %v", o.Targets[i].Port.Public, err))
			continue
		}
		r.pages = append(r.pages, tried[i])
	}
	r.leftOut = strings.Join(reasons, "; ")
	if len(r.pages) == 0 {
		return nil, errors.New(r.leftOut)
	}
	r.start(ctx)
	return r, nil
}

// try asks for a page once on each of its connections.
func (p Prober) try(ctx context.Context, target switcher.ProbeTarget, token string) (*page, error) {
	address, here, err := where(p.Engine, target.Port)
	if err != nil {
		return nil, err
	}
	if !here {
		token = "" // it is a password, and nobody has proved to be the proxy
	}
	g := &page{}
	for _, keep := range []bool{false, true} {
		l := &line{address: address, target: target, token: token, agent: "docker-bluegreen/" + p.Version + " (probe)", keep: keep}
		a, err := l.ask(ctx, promptly)
		g.tells = a.colour != ""
		if err == nil {
			err = a.lost(g.tells)
		}
		if err != nil {
			g.close()
			return nil, fmt.Errorf("it was not answered well before the change: %w", err)
		}
		g.lines = append(g.lines, l)
		g.tally.good(a)
	}
	return g, nil
}
