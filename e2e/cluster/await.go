package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

const (
	// retryAfter is between two questions about what no event tells of.
	retryAfter = 100 * time.Millisecond
	// askLimit bounds one such question.
	askLimit = 5 * time.Second
)

// final is an error that trying again does not help.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// eventually tries until it succeeds, for as long as ctx lasts. The error says what was last wrong.
func eventually(ctx context.Context, what string, try func(context.Context) error) error {
	retry := time.NewTicker(retryAfter)
	defer retry.Stop()
	for {
		err := try(ctx)
		var hopeless final
		if err == nil {
			return nil
		}
		if errors.As(err, &hopeless) {
			return fmt.Errorf("wait until %s: %w", what, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait until %s: %w: %w", what, context.Cause(ctx), err)
		case <-retry.C:
		}
	}
}

// ping asks an engine whether it is there.
func ping(ctx context.Context, socket string) error {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://node/_ping", http.NoBody)
	if err != nil {
		return err
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the engine says %s", response.Status)
	}
	return nil
}
