package local_test

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

// The echoing process of these tests needs a shell, which HAProxy's image has.
var echo = []string{"bash", "-c", "while read -r line; do echo got $line; done; echo end"}

// proxyStage has a proxy that can run a shell.
func proxyStage(t *testing.T) *stage {
	t.Helper()
	image, err := images.HAProxy(t.Context(), images.Debian)
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, parts{})
	s.load(parts{over: "  lb: {image: " + image + ", build: !reset null, entrypoint: [sleep, infinity], init: true}"})
	return s
}

func roundtrip(t *testing.T, stream compose.Stream) {
	t.Helper()
	out := bufio.NewReader(stream.Stdout())
	for _, word := range []string{"one", "two"} {
		if _, err := io.WriteString(stream, word+"\n"); err != nil {
			t.Fatal(err)
		}
		if line, err := out.ReadString('\n'); line != "got "+word+"\n" {
			t.Fatalf("%q, %v", line, err)
		}
	}
}

func TestExec(t *testing.T) {
	t.Parallel()
	s := proxyStage(t)
	s.up("lb")
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := s.Exec(ctx, s.containers("lb")[0].ID, echo)
	s.ok(err)
	cancel() // bounds the opening alone
	roundtrip(t, stream)

	ended := make(chan struct{})
	go func() {
		_ = drained(stream) // an error, or the end where the process was quicker to end
		close(ended)
	}()
	s.ok(stream.Close())
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("a blocked read does not know that the stream was closed")
	}
	if _, err := stream.Write([]byte("x")); err == nil {
		t.Error("a closed stream takes what is written")
	}
	s.ok(stream.Close())
}

func drained(stream compose.Stream) error {
	_, err := io.Copy(io.Discard, stream.Stdout())
	return err
}

func TestExecReadsToTheEnd(t *testing.T) {
	t.Parallel()
	s := proxyStage(t)
	s.up("lb")
	stream, err := s.Exec(t.Context(), s.containers("lb")[0].ID, []string{"bash", "-c", "echo all; echo >&2 why"})
	s.ok(err)
	out, err := io.ReadAll(stream.Stdout())
	if string(out) != "all\n" || err != nil || stream.Stderr() != "why\n" {
		t.Errorf("%q, %v, stderr %q", out, err, stream.Stderr())
	}
	s.ok(stream.Close())
	_, err = s.Exec(t.Context(), "0123456789abcdef", echo)
	if err == nil || !strings.Contains(err.Error(), "run bash in container 0123456789ab: ") {
		t.Errorf("%v", err)
	}
}
