package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"golang.org/x/sync/errgroup"
)

// load gives images of this machine's engine to all nodes: they are read once, and written to all
// nodes at the same time.
func (c *Cluster) load(ctx context.Context, refs []string) error {
	if len(refs) == 0 {
		return nil
	}
	group, ctx := errgroup.WithContext(ctx)
	var inlets []io.Writer
	var closers []func() error
	for _, node := range c.Nodes {
		reader, writer := io.Pipe()
		inlets, closers = append(inlets, writer), append(closers, writer.Close)
		group.Go(func() error {
			err := run(ctx, reader, io.Discard, "--host", node.Host, "load", "--quiet")
			_ = reader.CloseWithError(errors.Join(err, io.ErrClosedPipe)) // what is written from now on fails
			return err
		})
	}
	group.Go(func() error {
		err := run(ctx, nil, io.MultiWriter(inlets...), append([]string{"save"}, refs...)...)
		for _, closeInlet := range closers {
			err = errors.Join(err, closeInlet())
		}
		return err
	})
	if err := group.Wait(); err != nil {
		return fmt.Errorf("give the nodes their images: %w", err)
	}
	return nil
}

// logs is what a container said, on both of its streams.
func logs(ctx context.Context, id string) (string, error) {
	out, err := exec.CommandContext(ctx, "docker", "logs", "--tail", "20", id).CombinedOutput()
	return string(out), err
}
