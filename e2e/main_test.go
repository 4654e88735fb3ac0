package e2e

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

// configVariable names the Docker configuration folder whose plugins are the
// one under test and the real Docker Compose.
const configVariable = "BLUEGREEN_E2E_CONFIG"

func TestMain(m *testing.M) {
	config := os.Getenv(configVariable)
	if config == "" {
		fmt.Fprintln(os.Stderr, "run these tests with `make e2e`: "+configVariable+" is not set")
		os.Exit(2)
	}
	if err := prepare(context.Background(), config); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// prepare makes the images and leaves the user's environment out.
func prepare(ctx context.Context, config string) (err error) {
	for _, name := range []string{"COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES", "TAG", "NO_COLOR"} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	if err := os.Setenv("DOCKER_CONFIG", config); err != nil {
		return err
	}
	for _, version := range []string{"v1", "v2", "v3"} {
		if _, err := images.Hello(ctx, version); err != nil {
			return err
		}
	}
	return chooseProxy(ctx)
}
