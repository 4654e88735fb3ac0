package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// turns is how often a series moves the traffic, and replaces the proxy.
var turns = 20

// contrasts is how often is done what loses requests: it shows soon.
const contrasts = 3

// holderVariable names an image for the holder of a Traefik.
const holderVariable = "BENCH_TRAEFIK_HOLDER_IMAGE"

// act is done to a project again and again, under load.
type act struct {
	what     string
	times    int
	harmless bool // nobody may notice
	graced   bool // but for websockets that never end
	do       func(ctx context.Context, p *project, n int) error
}

// measureSeries counts by kinds what visitors miss of many switches and
// replacements of the proxy, and of what is done to a proxy without them.
func measureSeries(ctx context.Context, behind proxy) error {
	own := ownHAProxy
	if behind.name == "Traefik" {
		own = ownTraefik
	}
	without := own()
	err := without.measure(ctx, behind,
		act{what: "switch", times: turns, harmless: true, do: func(ctx context.Context, p *project, _ int) error {
			_, err := p.time(ctx, "docker", "bluegreen", "switch", "--drain-timeout", "1s")
			return err
		}},
		act{what: "recreate", times: contrasts, do: func(ctx context.Context, p *project, _ int) error {
			_, err := p.time(ctx, "docker", "compose", "up", "--detach", "--force-recreate", "--no-deps", proxyService)
			return err
		}},
		act{what: "restart", times: contrasts, do: func(ctx context.Context, p *project, _ int) error {
			_, err := p.time(ctx, "docker", "restart", p.name+"-"+proxyService+"-1")
			return err
		}},
	)
	with, replaceable, wrong := withHolder(ctx, behind)
	if !replaceable {
		return errors.Join(err, wrong)
	}
	return errors.Join(err, with.measure(ctx, behind, act{
		what: "replace", times: turns, harmless: true, graced: behind.name == "Traefik", do: func(ctx context.Context, p *project, n int) error {
			p.with(fmt.Sprintf("GENERATION=%d", n+2))
			_, err := p.time(ctx, "docker", "bluegreen", "proxy", "upgrade", "--drain-timeout", "1s")
			return err
		},
	}))
}

// withHolder is the project whose proxy can be replaced without a gap.
func withHolder(ctx context.Context, behind proxy) (s seriesProject, replaceable bool, err error) {
	if behind.name != "Traefik" {
		s = ownHAProxy()
		s.Holder, err = behind.image(ctx, "debian")
		return s, err == nil, err
	}
	s = generatedTraefik()
	s.Holder = os.Getenv(holderVariable)
	if s.Holder == "" {
		fmt.Printf("\nReplacements of Traefik are left out: %s names no image for its holder.\n", holderVariable)
	}
	return s, s.Holder != "", nil
}

// measure does the acts to a project of its own, one kind after the other. A
// harmless one that somebody noticed does not end the measurement.
func (s seriesProject) measure(ctx context.Context, behind proxy, acts ...act) (err error) {
	p, err := s.start(ctx, behind.image)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.remove(ctx)) }()
	for _, a := range acts {
		noticed, wrong := a.measure(ctx, p, behind)
		if wrong != nil {
			return errors.Join(err, fmt.Errorf("%s: %w", a.what, wrong))
		}
		err = errors.Join(err, noticed)
	}
	return err
}

// measure does one act again and again and prints who noticed.
func (a act) measure(ctx context.Context, p *project, behind proxy) (noticed, err error) {
	visitors, err := p.crowd(ctx)
	if err != nil {
		return nil, err
	}
	var took sample
	for n := range a.times {
		began := time.Now()
		if err = errors.Join(visitors.served(ctx, began), a.do(ctx, p, n)); err != nil {
			break
		}
		took = append(took, time.Since(began))
	}
	if err == nil {
		err = visitors.served(ctx, time.Now())
	}
	outside, inside, endless, ended := visitors.end()
	if err := errors.Join(err, ended); err != nil {
		return nil, err
	}
	rows := [][]string{{"proxy", "what", "from", "kind", "requests", "lost", "cut", "again"}}
	for _, from := range []struct {
		name string
		tally
	}{{"outside", outside}, {"inside", inside}, {"outside, endless", endless}} {
		rows = append(rows, from.rows(behind.name, a.what, from.name)...)
	}
	table(fmt.Sprintf("%d times %s behind %s under load, ms %s", a.times, a.what, behind.name, took), rows...)
	strict := []tally{outside, inside, endless}
	if a.graced {
		strict = strict[:2]
	}
	return a.judge(strict), nil
}

// judge names what was noticed of a harmless act.
func (a act) judge(tallies []tally) (noticed error) {
	for _, t := range tallies {
		for _, failure := range t.Failures {
			if a.harmless {
				noticed = errors.Join(noticed, fmt.Errorf("%s: %s", a.what, failure))
			}
		}
	}
	return noticed
}

// seriesKinds are the kinds in the order of the report.
var seriesKinds = []load.Kind{
	load.KeepAlive, load.NewConn, load.Post, load.TLS, load.NewTLS, load.H2,
	load.Slow, load.Stream, load.Websocket, load.SecureWS, load.TCP,
}

// rows are the lines of the report about one side.
func (t tally) rows(proxy, what, from string) (rows [][]string) {
	for _, kind := range seriesKinds {
		if c, sent := t.Kinds[kind]; sent {
			rows = append(rows, []string{
				proxy, what, from, string(kind),
				fmt.Sprint(c.Requests), fmt.Sprint(c.Lost), fmt.Sprint(c.Cut), fmt.Sprint(c.Again),
			})
		}
	}
	return rows
}
