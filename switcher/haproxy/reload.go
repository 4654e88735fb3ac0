package haproxy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The new worker announces itself by nothing but answering, and the former
// one may still answer until it has taken notice.
const (
	reloadLimit = 10 * time.Second
	reloadPoll  = 20 * time.Millisecond
	reloadSure  = 5 // answers in a row
)

// Reload implements switcher.Proxy: the master process starts a worker with
// the new settings, which takes over the listening sockets, and the former
// worker ends with its last connection (management guide, section 4). The
// servers' addresses, health and states are handed over in a file, for a
// worker that knows none answers 503 until it has asked the DNS.
func (c *control) Reload(ctx context.Context) error {
	const doing = "reload its settings"
	err := c.reload(ctx)
	var alone *noMasterError
	if errors.As(err, &alone) {
		return &switcher.ProxyError{
			Proxy: c.Errors.Proxy, Doing: doing, Err: err,
			Next: "start it in master-worker mode: haproxy -W -db -f FILE",
		}
	}
	return c.Errors.Wrap(doing, err)
}

func (c *control) reload(ctx context.Context) error {
	master, former, err := c.processes(ctx)
	if err != nil {
		return err
	}
	if err := c.saveServers(ctx); err != nil {
		return err
	}
	err = c.Session.Signal(ctx, "USR2", master)
	if err == nil {
		err = c.awaitWorker(ctx, former)
	}
	return errors.Join(err, c.forgetServers(ctx))
}

// awaitWorker returns when a new worker answers, and it alone.
func (c *control) awaitWorker(ctx context.Context, former []int) error {
	ctx, cancel := context.WithTimeout(ctx, reloadLimit)
	defer cancel()
	ticker := time.NewTicker(reloadPoll)
	defer ticker.Stop()
	for sure := 0; sure < reloadSure; {
		pid, err := c.worker(ctx)
		if sure++; err != nil || slices.Contains(former, pid) {
			sure = 0
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no new worker answered alone within %s", reloadLimit)
		case <-ticker.C:
		}
	}
	return nil
}
