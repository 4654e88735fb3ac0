package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

// turns is how often a series moves the traffic, and replaces the proxy.
var turns = 20

// contrasts is how often is done what loses requests: it shows soon.
const contrasts = 3

// measureSeries counts by kinds what visitors miss of many switches and
// replacements of the proxies, and beside them of a proxy that Compose
// recreates or the engine restarts.
func measureSeries(ctx context.Context, behind []proxy) error {
	var all []outcome
	var noticed error
	for _, p := range behind {
		outcomes, err := p.series(ctx)
		if err != nil {
			return fmt.Errorf("behind %s: %w", p.name, err)
		}
		for _, o := range outcomes {
			noticed = errors.Join(noticed, o.noticed())
		}
		all = append(all, outcomes...)
	}
	sideBySide(all)
	return noticed
}

// series measures one proxy, without a holder and with one.
func (b proxy) series(ctx context.Context) ([]outcome, error) {
	without, err := b.own().measure(ctx, b,
		act{"switch", turns, harmless, switchOver},
		act{"recreate", contrasts, harmful, recreate},
		act{"restart", contrasts, harmful, restart})
	if err != nil {
		return nil, err
	}
	s, err := b.held(ctx)
	if err != nil {
		return without, err
	}
	replaced := act{"replace", turns, harmless, replace}
	if b.name == "Traefik" {
		replaced.harm = graced
	}
	with, err := s.measure(ctx, b, replaced)
	return append(without, with...), err
}

// held is the project whose proxy can be replaced without a gap.
func (b proxy) held(ctx context.Context) (s seriesProject, err error) {
	if b.name != "Traefik" {
		s = ownHAProxy()
		s.Holder, err = images.HAProxy(ctx, images.Debian)
		return s, err
	}
	s = generatedTraefik()
	s.Holder, err = images.Traefik(ctx, images.Holder)
	return s, err
}

// A drain does not wait for what never ends. Nothing is cut for that.
func switchOver(ctx context.Context, p *project, _ int) error {
	_, err := p.run(ctx, "docker", "bluegreen", "switch", "--drain-timeout", "1s")
	return err
}

func replace(ctx context.Context, p *project, n int) error {
	p.with(fmt.Sprintf("GENERATION=%d", n+2))
	_, err := p.run(ctx, "docker", "bluegreen", "proxy", "upgrade", "--drain-timeout", "1s")
	return err
}

func recreate(ctx context.Context, p *project, _ int) error {
	_, err := p.run(ctx, "docker", "compose", "up", "--detach", "--force-recreate", "--no-deps", proxyService)
	return err
}

func restart(ctx context.Context, p *project, _ int) error {
	_, err := p.run(ctx, "docker", "restart", p.name+"-"+proxyService+"-1")
	return err
}
