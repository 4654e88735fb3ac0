package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// shutdownGrace bounds how long requests in flight may take after SIGTERM. Docker itself kills
// the container after 10 seconds unless stop_grace_period says otherwise.
const shutdownGrace = 30 * time.Second

// serve answers until ctx ends, then lets the requests in flight finish.
func serve(ctx context.Context, conf settings, stderr io.Writer) int {
	if conf.failStart {
		say(stderr, "hello: start refused: FAIL_START=1 asks for it")
		return 1
	}
	if !wait(ctx, conf.startDelay) {
		return 0
	}
	web, raw, err := listen(ctx, conf)
	if err != nil {
		say(stderr, "hello: %v", err)
		return 1
	}
	if raw != nil {
		defer func() { _ = raw.Close() }()
		go echoTCP(raw, conf.version)
	}
	say(stderr, "hello: %s listens on %s", conf.version, web.Addr())
	ended := make(chan error, 1)
	go func() { ended <- serveHTTP(ctx, web, routes(conf)) }()
	select {
	case err := <-ended:
		if err != nil {
			say(stderr, "hello: %v", err)
			return 1
		}
		return 0
	case <-crash(conf):
		say(stderr, "hello: crash: CRASH_AFTER asks for it")
		return 3
	}
}

// listen opens the ports; raw is nil where the settings have none of TCP.
func listen(ctx context.Context, conf settings) (web, raw net.Listener, err error) {
	var config net.ListenConfig
	if web, err = config.Listen(ctx, "tcp", ":"+conf.port); err != nil {
		return nil, nil, fmt.Errorf("open the HTTP port: %w", err)
	}
	if conf.tcpPort == "" {
		return web, nil, nil
	}
	if raw, err = config.Listen(ctx, "tcp", ":"+conf.tcpPort); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open the TCP port: %w", err), web.Close())
	}
	return web, raw, nil
}

// serveHTTP ends without an error when ctx does.
func serveHTTP(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("finish the requests in flight: %w", err)
	}
	return nil
}

// wait returns false when ctx ended before d had passed.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
