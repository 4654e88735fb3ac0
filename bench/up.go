package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// rounds is how often each number of replicas is brought up.
const rounds = 5

// measureUp compares bringing up a colour with `docker compose up -d --wait`
// of the same services.
func measureUp(ctx context.Context, behind proxy) (err error) {
	p, err := newProject(ctx, behind)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.remove(ctx)) }()
	rows := [][]string{{"replicas", "docker bluegreen up", "docker compose up -d --wait", "times faster"}}
	for _, replicas := range []int{1, 3, 10} {
		p.with(fmt.Sprintf("REPLICAS=%d", replicas))
		ours, composes, err := p.compareUp(ctx)
		if err != nil {
			return err
		}
		rows = append(rows, []string{fmt.Sprint(replicas), ours.String(), composes.String(), ratio(composes, ours)})
	}
	table("Bringing up a colour behind "+behind.name+", ms (min / median / max)", rows...)
	return nil
}

// compareUp brings green up by turns, each time from nothing.
func (p *project) compareUp(ctx context.Context) (ours, composes sample, err error) {
	for range rounds {
		took, err := p.time(ctx, "docker", "bluegreen", "up")
		if err != nil {
			return nil, nil, err
		}
		ours = append(ours, took)
		if err := p.dropGreen(ctx); err != nil {
			return nil, nil, err
		}
		took, err = p.time(ctx, "docker", "compose", "--profile", "green", "up", "--detach", "--wait", "--no-deps", "web-green")
		if err != nil {
			return nil, nil, err
		}
		composes = append(composes, took)
		if err := p.dropGreen(ctx); err != nil {
			return nil, nil, err
		}
	}
	return ours, composes, nil
}

// dropGreen removes green's containers.
func (p *project) dropGreen(ctx context.Context) error {
	_, err := p.time(ctx, "docker", "compose", "--profile", "green", "rm", "--stop", "--force", "web-green")
	if err != nil && strings.Contains(err.Error(), "No stopped containers") {
		return nil
	}
	return err
}
