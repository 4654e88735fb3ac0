package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// version is what VERSION overrides; set it with -ldflags "-X main.version=v1".
var version = "dev"

// settings is everything that the environment decides.
type settings struct {
	version, colour, host string
	port, tcpPort         string        // tcpPort is empty when raw TCP is off
	prefix                string        // a path, such as /api, under which everything answers too
	failStart             bool          // say why on stderr and exit 1
	failHealth            bool          // /healthz answers 500
	startDelay            time.Duration // before the ports are opened
	healthDelay           time.Duration // how long /healthz answers 503 after the start
	migrateExit           int
	failShare             float64       // of the requests that are no health checks, 0 to 1, answered 500
	answerDelay           time.Duration // before each answer that is no health check's
	crashAfter            time.Duration // after the start, when it exits with 3; never when 0
}

func readSettings(getenv func(string) string) (settings, error) {
	s := settings{
		version:    or(getenv("VERSION"), version),
		colour:     getenv("COLOUR"),
		port:       or(getenv("PORT"), "8080"),
		tcpPort:    getenv("TCP_PORT"),
		prefix:     strings.TrimSuffix(getenv("PREFIX"), "/"),
		failStart:  getenv("FAIL_START") == "1",
		failHealth: getenv("FAIL_HEALTH") == "1",
	}
	var err error
	if s.host, err = os.Hostname(); err != nil {
		return s, fmt.Errorf("read the host name: %w", err)
	}
	if s.startDelay, err = duration(getenv("START_DELAY"), 0); err != nil {
		return s, fmt.Errorf("read START_DELAY: %w", err)
	}
	if s.healthDelay, err = duration(getenv("HEALTH_DELAY"), 0); err != nil {
		return s, fmt.Errorf("read HEALTH_DELAY: %w", err)
	}
	if s.failShare, err = strconv.ParseFloat(or(getenv("FAIL_SHARE"), "0"), 64); err != nil {
		return s, fmt.Errorf("read FAIL_SHARE: %w", err)
	}
	if s.answerDelay, err = duration(getenv("ANSWER_DELAY"), 0); err != nil {
		return s, fmt.Errorf("read ANSWER_DELAY: %w", err)
	}
	if s.crashAfter, err = duration(getenv("CRASH_AFTER"), 0); err != nil {
		return s, fmt.Errorf("read CRASH_AFTER: %w", err)
	}
	if s.migrateExit, err = strconv.Atoi(or(getenv("MIGRATE_EXIT"), "0")); err != nil {
		return s, fmt.Errorf("read MIGRATE_EXIT: %w", err)
	}
	return s, nil
}

// duration reads a Go duration such as 2s or 150ms; an empty text means fallback.
func duration(text string, fallback time.Duration) (time.Duration, error) {
	if text == "" {
		return fallback, nil
	}
	return time.ParseDuration(text)
}

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
