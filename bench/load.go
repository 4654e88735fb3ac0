package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// enough is how many requests the long measurement sends.
const enough = 100_000

// measureLoad switches and rolls back under all kinds of load until enough
// requests were sent, and counts what was lost. Anything but zero is an error.
func measureLoad(ctx context.Context, behind proxy) (err error) {
	p, err := newProject(ctx, behind)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.remove(ctx)) }()
	p.with("TAG=v2")
	if _, err := p.time(ctx, "docker", "bluegreen", "up"); err != nil {
		return err
	}
	visitors, err := p.visitors(ctx, 1200, nil)
	if err != nil {
		return err
	}
	moves := 0
	for moves < switches || visitors.Snapshot().Requests < enough {
		verb := []string{"switch", "rollback"}[moves%2]
		if _, err := p.time(ctx, "docker", "bluegreen", verb); err != nil {
			visitors.Stop()
			return err
		}
		moves++
	}
	report := visitors.Stop()
	rows := [][]string{{"kind", "requests", "lost", "cut"}}
	for _, kind := range []load.Kind{load.KeepAlive, load.NewConn, load.Post, load.Slow, load.Stream, load.Websocket} {
		c := report.Kinds[kind]
		rows = append(rows, []string{string(kind), fmt.Sprint(c.Requests), fmt.Sprint(c.Lost), fmt.Sprint(c.Cut)})
	}
	table(fmt.Sprintf("%d switches and rollbacks behind %s under load: %s", moves, behind.name, report), rows...)
	if !report.OK() {
		return errors.New(report.Details())
	}
	return nil
}
