package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// interruptible gives a context that the first Ctrl-C (or SIGTERM) cancels;
// the second ends the process at once, by quit. One Ctrl-C at a terminal
// reaches `docker` too, whose plugin framework then cancels ctx: both
// together are the first.
func interruptible(ctx context.Context, remarks io.Writer, quit func(code int)) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	over := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		left := 1 // signals until the process ends at once
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
			left = 2 // the signal that docker heard may still come
		case <-over:
			return
		}
		_, _ = fmt.Fprintln(remarks, "interrupted: leaving things in order; interrupt once more to leave at once")
		for {
			select {
			case <-signals:
				if left--; left == 0 {
					quit(codeInterrupted)
				}
			case <-over:
				return
			}
		}
	})
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		watching.Wait()
		cancel()
	}
}
