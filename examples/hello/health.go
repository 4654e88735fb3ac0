package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// healthTimeout is below the timeout that Compose files usually give a health check, so that the
// check's own words reach `docker inspect` instead of Docker's.
const healthTimeout = 2 * time.Second

// health prints what /healthz of this container answers; the code is 0 for 200 and else 1.
func health(ctx context.Context, conf settings, stdout io.Writer) int {
	answer, err := askHealth(ctx, conf)
	if err != nil {
		say(stdout, "GET /healthz: %v", err)
		return 1
	}
	say(stdout, "GET /healthz: %s", answer)
	return 0
}

// askHealth returns the answer, as an error when it is not 200.
func askHealth(ctx context.Context, conf settings) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	url := "http://127.0.0.1:" + conf.port + "/healthz"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 1024)) // the status alone decides
	answer := response.Status + ": " + strings.TrimSpace(string(body))
	if response.StatusCode != http.StatusOK {
		return "", errors.New(answer)
	}
	return answer, nil
}
