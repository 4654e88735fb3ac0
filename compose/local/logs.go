package local

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/docker/compose/v5/pkg/api"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Logs writes the containers' output to out, and what they wrote to stderr to
// errs, each line with the container's name in front. With Follow it goes on,
// also with containers that start meanwhile, until ctx ends.
func (e *Engine) Logs(ctx context.Context, options compose.LogOptions, out, errs io.Writer) error {
	width, err := e.longestName(ctx, options.Services)
	if err != nil {
		return fmt.Errorf("read the logs of project %s: %w", e.name, err)
	}
	printer := &logPrinter{out: out, errs: errs, width: width, paint: options.Paint}
	err = e.withSDK("logs", func(c api.Compose) error {
		return c.Logs(ctx, e.name, printer, api.LogOptions{
			Services:   options.Services,
			Follow:     options.Follow,
			Tail:       options.Tail,
			Since:      options.Since,
			Timestamps: options.Timestamps,
		})
	})
	if err != nil {
		return fmt.Errorf("read the logs of project %s: %w", e.name, err)
	}
	return nil
}

// longestName is the width that makes the lines stand below each other.
func (e *Engine) longestName(ctx context.Context, services []string) (int, error) {
	containers, err := e.Observe(ctx)
	if err != nil {
		return 0, err
	}
	width := 0
	for _, c := range containers {
		if len(services) == 0 || slices.Contains(services, c.Service) {
			width = max(width, len(strings.TrimPrefix(c.Name, e.name+api.Separator)))
		}
	}
	return width, nil
}

// logPrinter writes lines as the SDK hands them over.
type logPrinter struct {
	out, errs io.Writer
	width     int
	paint     func(container, text string) string
	mu        sync.Mutex
}

// Log prints what a container wrote to stdout.
func (p *logPrinter) Log(container, message string) { p.print(p.out, container, message) }

// Err prints what a container wrote to stderr.
func (p *logPrinter) Err(container, message string) { p.print(p.errs, container, message) }

// Status prints what became of a container ("exited with code 0").
func (p *logPrinter) Status(container, message string) { p.print(p.errs, container, message) }

func (p *logPrinter) print(to io.Writer, container, message string) {
	prefix := fmt.Sprintf("%-*s | ", p.width, container)
	if p.paint != nil {
		prefix = p.paint(container, prefix)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for line := range strings.SplitSeq(strings.TrimSuffix(message, "\n"), "\n") {
		fmt.Fprintln(to, prefix+line) //nolint:errcheck // there is nobody to tell
	}
}
