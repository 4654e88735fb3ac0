// Package swarm tests releases on real swarms of three engines in containers, on each engine that
// is promised: Debian's bookworm has 20.10, its trixie 26.1.
package swarm

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// configVariable names the Docker configuration folder whose plugins are the one under test and the
// real Docker Compose.
const configVariable = "BLUEGREEN_E2E_CONFIG"

// interrupted ends with the first signal, and the making of clusters with it.
var interrupted context.Context

func TestMain(m *testing.M) {
	config := os.Getenv(configVariable)
	if config == "" {
		fmt.Fprintln(os.Stderr, "run these tests with `make test-swarm`: "+configVariable+" is not set")
		os.Exit(2)
	}
	os.Exit(run(m, config))
}

func run(m *testing.M, config string) (code int) {
	for _, name := range []string{"DOCKER_HOST", "DOCKER_CONTEXT", "COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES", "TAG", "PROXY", "NO_COLOR"} {
		if err := os.Unsetenv(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	if err := os.Setenv("DOCKER_CONFIG", config); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	interrupted = ctx
	ended := make(chan int, 1)
	go func() { ended <- m.Run() }()
	select {
	case code = <-ended:
	case <-ctx.Done():
		code = 130
	}
	if err := closeClusters(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}
