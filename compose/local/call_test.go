package local_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestCall(t *testing.T) {
	t.Parallel()
	s := proxyStage(t)
	s.up("lb")
	lb := s.containers("lb")[0]
	var out bytes.Buffer
	s.ok(s.Call(t.Context(), lb, `echo "$NAME"; echo why >&2; echo all`, []string{"NAME=shop"}, &out))
	if out.String() != "shop\nwhy\nall\n" {
		t.Errorf("%q", out.String())
	}
	err := s.Call(t.Context(), lb, "exit 3", nil, io.Discard)
	if err == nil || err.Error() != "exited with code 3" {
		t.Errorf("%v", err)
	}
}

// A call that is cut short leaves nothing running in the container.
func TestCallIsKilledWithItsChildren(t *testing.T) {
	t.Parallel()
	s := proxyStage(t)
	s.up("lb")
	lb := s.containers("lb")[0]
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- s.Call(ctx, lb, `sh -c 'trap "" TERM; echo here; sleep 61' & wait`, nil, write)
	}()
	if _, err := io.ReadFull(read, make([]byte, len("here\n"))); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > patience {
		t.Errorf("took %s", took)
	}
	var left bytes.Buffer
	s.ok(s.Call(t.Context(), lb, `cat /proc/[0-9]*/cmdline | tr '\0' ' '`, nil, &left))
	if strings.Contains(left.String(), "sleep 61") {
		t.Errorf("runs on: %s", left.String())
	}
}

func TestCallWithoutAShellSaysSo(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.up("web-blue")
	var out bytes.Buffer
	err := s.Call(t.Context(), s.containers("web-blue")[0], "true", nil, &out)
	if err == nil {
		t.Fatal("no error")
	}
	if said := err.Error() + out.String(); !strings.Contains(said, `"sh": executable file not found`) {
		t.Errorf("%s", said)
	}
}
