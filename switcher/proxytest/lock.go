package proxytest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

var ann = switcher.Holder{Command: "switch", Who: "ann@laptop", PID: 7, Since: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}

func lockIsOneHolders(t *testing.T, w *world) {
	ctx, first, second := t.Context(), w.enter(t), w.enter(t)
	if held, err := second.Held(ctx); held != nil || err != nil {
		t.Errorf("before: held by %v, %v", held, err)
	}
	ok(t, first.Acquire(ctx, ann, 0))
	if held, err := second.Held(ctx); err != nil || held == nil || *held != ann {
		t.Errorf("held by %v, %v", held, err)
	}
	var locked *switcher.LockedError
	for _, wait := range []time.Duration{0, time.Second} {
		if err := second.Acquire(ctx, switcher.Holder{}, wait); !errors.As(err, &locked) || locked.Holder != ann || locked.Project != w.project {
			t.Errorf("taken: %v", err)
		}
	}
	time.AfterFunc(600*time.Millisecond, func() { _ = first.Close() })
	if err := second.Acquire(ctx, ann, 10*time.Second); err != nil {
		t.Errorf("waited for the first to end: %v", err)
	}
	ok(t, second.Close())
	ok(t, second.Close())
	if held, err := w.enter(t).Held(ctx); held != nil || err != nil {
		t.Errorf("after: held by %v, %v", held, err)
	}
}

// A client that is killed has no way to say goodbye.
func lockDiesWithItsHolder(t *testing.T, w *world) {
	holder := exec.CommandContext(t.Context(), os.Args[0])
	holder.Env = append(os.Environ(), holdEnv+"="+w.proxy, projectEnv+"="+w.project, volumeEnv+"="+w.setup.Proxy.Volume)
	holder.Stderr = os.Stderr
	out, err := holder.StdoutPipe()
	ok(t, err)
	ok(t, holder.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder said %q, %v", line, err)
	}
	control := w.enter(t)
	if held, err := control.Held(t.Context()); held == nil || err != nil {
		t.Errorf("before: held by %v, %v", held, err)
	}
	ok(t, holder.Process.Kill())
	start := time.Now()
	if err := control.Acquire(t.Context(), ann, 10*time.Second); err != nil {
		t.Error(err)
	}
	t.Logf("the lock was free %s after the kill", time.Since(start).Round(time.Millisecond))
	_ = holder.Wait() // killed
}

// The environment of a test binary that is to hold the lock until it is
// killed.
const (
	holdEnv    = "PROXYTEST_HOLD"
	projectEnv = "PROXYTEST_PROJECT"
	volumeEnv  = "PROXYTEST_VOLUME"
)

// Main runs an adapter's tests. It is called from TestMain, because the test
// binary is also the client that a test kills.
func Main(m *testing.M, doors Doors) {
	if proxy := os.Getenv(holdEnv); proxy != "" {
		fmt.Fprintln(os.Stderr, hold(proxy, doors))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// hold takes the lock until it is killed; it returns only what went wrong.
func hold(proxy string, doors Doors) error {
	ctx := context.Background()
	engine, err := openEngine(os.Getenv(projectEnv))
	if err != nil {
		return err
	}
	control, err := doors(engine, os.Getenv(projectEnv), compose.Proxy{}).Enter(ctx, compose.Container{
		ID: proxy, Service: "lb", Mounts: []string{os.Getenv(volumeEnv)},
	})
	if err != nil {
		return err
	}
	if err := control.Acquire(ctx, ann, 0); err != nil {
		return err
	}
	fmt.Println("held")
	select {}
}
