package command

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestTheFirstSignalCancelsAndTheSecondQuits(t *testing.T) {
	var remarks safeBuffer
	codes := make(chan int, 1)
	ctx, stop := interruptible(t.Context(), &remarks, func(code int) { codes <- code })
	defer stop()

	signalSelf(t, syscall.SIGTERM)
	eventually(t, func() bool { return ctx.Err() != nil })
	if len(codes) > 0 {
		t.Fatal("the first signal quit")
	}
	signalSelf(t, os.Interrupt)
	eventually(t, func() bool { return len(codes) > 0 })
	if code := <-codes; code != 130 {
		t.Errorf("quit with %d", code)
	}
	if !strings.Contains(remarks.String(), "interrupted: ") {
		t.Errorf("said %q", remarks.String())
	}
}

func TestWhatDockerHeardTooCountsOnce(t *testing.T) {
	docker, cancel := context.WithCancel(t.Context())
	var remarks safeBuffer
	codes := make(chan int, 1)
	_, stop := interruptible(docker, &remarks, func(code int) { codes <- code })
	defer stop()

	cancel() // by docker ...
	eventually(t, func() bool { return strings.Contains(remarks.String(), "once more to leave at once") })
	signalSelf(t, os.Interrupt) // ... and the same Ctrl-C here
	time.Sleep(100 * time.Millisecond)
	if len(codes) > 0 {
		t.Fatal("one Ctrl-C quit at once")
	}
	signalSelf(t, os.Interrupt)
	eventually(t, func() bool { return len(codes) > 0 })
}

func TestACommandThatEndsSaysNothingOfSignals(t *testing.T) {
	var remarks safeBuffer
	_, stop := interruptible(t.Context(), &remarks, func(int) { t.Error("quit") })
	stop()
	if got := remarks.String(); got != "" {
		t.Errorf("said %q", got)
	}
}

// eventually waits for what another goroutine brings about.
func eventually(t *testing.T, happened func() bool) {
	t.Helper()
	for range 1000 {
		if happened() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not happen")
}

func signalSelf(t *testing.T, s os.Signal) {
	t.Helper()
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Signal(s)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// safeBuffer is a buffer that goroutines share.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

var _ io.Writer = (*safeBuffer)(nil)

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
