package main

import (
	"context"
	"errors"
	"time"

	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// switches is how often the traffic is moved per measurement.
const switches = 20

// measureSwitch compares a whole switch with one `docker exec`, and under
// load measures when visitors saw the change.
func measureSwitch(ctx context.Context, behind proxy) (err error) {
	p, err := newProject(ctx, behind)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.remove(ctx)) }()
	p.with("TAG=v2")
	if _, err := p.time(ctx, "docker", "bluegreen", "up"); err != nil {
		return err
	}
	var whole, bare, exec sample
	for range switches {
		took, err := p.time(ctx, "docker", "exec", p.name+"-lb-1", "true")
		if err != nil {
			return err
		}
		exec = append(exec, took)
		if took, err = p.time(ctx, "docker", "bluegreen", "switch"); err != nil {
			return err
		}
		whole = append(whole, took)
		if took, err = p.time(ctx, "docker", "bluegreen", "switch", "--no-probe"); err != nil {
			return err
		}
		bare = append(bare, took)
	}
	first, last, err := seen(ctx, p)
	if err != nil {
		return err
	}
	table("A switch behind "+behind.name+", ms (min / median / max)",
		[]string{"", "time", "times docker exec"},
		[]string{"docker exec PROXY true", exec.String(), "1"},
		[]string{"docker bluegreen switch, whole command", whole.String(), ratio(whole, exec)},
		[]string{"docker bluegreen switch --no-probe, whole command", bare.String(), ratio(bare, exec)},
		[]string{"from typing it to the first answer of the new colour", first.String(), ""},
		[]string{"from typing it to the last answer of the old colour", last.String(), ""},
	)
	return nil
}

// seen tells when, from the start of the command, visitors got the first
// answer of the new version and the last of the old one.
func seen(ctx context.Context, p *project) (first, last sample, err error) {
	visitors, err := p.visitors(ctx, 400, load.Short())
	if err != nil {
		return nil, nil, err
	}
	defer visitors.Stop()
	from, to := "v1", "v2"
	if p.serves(visitors) == "v2" {
		from, to = to, from
	}
	for range switches {
		before, began := visitors.Snapshot(), time.Now()
		if _, err := p.time(ctx, "docker", "bluegreen", "switch"); err != nil {
			return nil, nil, err
		}
		during := visitors.Snapshot().Sub(before)
		for during.Of(to).First.IsZero() { // the command can be quicker than the next visitor
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			time.Sleep(time.Millisecond)
			during = visitors.Snapshot().Sub(before)
		}
		first = append(first, during.Of(to).First.Sub(began))
		last = append(last, during.Of(from).Last.Sub(began))
		from, to = to, from
	}
	return first, last, nil
}

// serves is the version that visitors get now.
func (p *project) serves(visitors *load.Run) string {
	for {
		report := visitors.Snapshot()
		if v1, v2 := report.Of("v1").Last, report.Of("v2").Last; v1.After(v2) {
			return "v1"
		} else if v2.After(v1) {
			return "v2"
		}
		time.Sleep(10 * time.Millisecond) // until the first answer
	}
}
