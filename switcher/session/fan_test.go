package session

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The tools of images in which a fan runs, as far as this machine has them.
var fanTools = map[string][]string{
	"bash": {"sh", "bash", "awk"},
	"nc":   {"busybox"},
}

// fanDialer starts processes with some of this machine's tools. The applets of
// busybox stand for its tools.
func fanDialer(t *testing.T, name string) Dial {
	t.Helper()
	if name == "bash" {
		return dialer(t, fanTools[name]...)
	}
	path := toolbox(t, fanTools[name]...)
	for _, applet := range []string{"sh", "nc", "awk"} {
		if out, err := exec.CommandContext(t.Context(), "ln", "-s", "busybox", path+"/"+applet).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return dialIn(path)
}

// eachFan runs a test with a fan of every kind.
func eachFan(t *testing.T, test func(t *testing.T, f *Fan, p func() *process)) {
	t.Helper()
	for name := range fanTools {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dial := fanDialer(t, name)
			var started *process
			f, err := OpenFan(t.Context(), func(ctx context.Context, command []string) (compose.Stream, error) {
				stream, err := dial(ctx, command)
				if err == nil {
					started = stream.(*process)
				}
				return stream, err
			})
			assert.NilError(t, err)
			t.Cleanup(func() { _ = f.Close() })
			test(t, f, func() *process { return started })
		})
	}
}

// server answers lines on an address, each connection once.
func server(t *testing.T, host string, answer func(line string, to net.Conn)) (port int) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", host+":0")
	assert.NilError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				line, err := bufio.NewReader(c).ReadString('\n')
				if err == nil {
					answer(strings.TrimSuffix(line, "\n"), c)
				}
			}()
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func echo(line string, to net.Conn) { _, _ = fmt.Fprintf(to, "you said %s\n\n", line) }

func TestFanAsksWordForWord(t *testing.T) {
	eachFan(t, func(t *testing.T, f *Fan, _ func() *process) {
		port := server(t, "127.0.0.1", echo)
		for _, line := range []string{"show map /x y;show env A", `$x "q" 'a' \n %s *`, "a;b | c"} {
			said, err := f.Ask(t.Context(), "127.0.0.1", port, line)
			assert.NilError(t, err)
			assert.Equal(t, said, "you said "+line+"\n\n")
		}
		_, err := f.Ask(t.Context(), "127.0.0.1", port, "two\nlines")
		assert.ErrorContains(t, err, "several lines")
	})
}

// The first to be asked is the last to answer, and all are asked meanwhile.
func TestFanAsksManyAtOnce(t *testing.T) {
	const many = 12
	eachFan(t, func(t *testing.T, f *Fan, _ func() *process) {
		var came sync.WaitGroup
		came.Add(many)
		next := make([]chan struct{}, many+1)
		for i := range next {
			next[i] = make(chan struct{})
		}
		close(next[many])
		port := server(t, "127.0.0.1", func(line string, to net.Conn) {
			var n int
			_, _ = fmt.Sscanf(line, "%d", &n)
			came.Done()
			came.Wait()
			<-next[n+1]
			echo(line, to)
			close(next[n])
		})
		var all sync.WaitGroup
		for n := range many {
			all.Go(func() {
				said, err := f.Ask(t.Context(), "127.0.0.1", port, fmt.Sprint(n))
				assert.Check(t, err)
				assert.Check(t, said == fmt.Sprintf("you said %d\n\n", n), said)
			})
		}
		all.Wait()
	})
}

func TestFanKeepsLargeAnswersApart(t *testing.T) {
	large := func(line string) string {
		var text strings.Builder
		for n := 0; text.Len() < 200<<10; n++ {
			fmt.Fprintf(&text, "%s-%06d-%s\n", line, n, strings.Repeat(line, 300))
		}
		return text.String()
	}
	eachFan(t, func(t *testing.T, f *Fan, _ func() *process) {
		port := server(t, "127.0.0.1", func(line string, to net.Conn) { _, _ = io.WriteString(to, large(line)) })
		var all sync.WaitGroup
		for _, line := range []string{"a", "bb", "ccc", "d"} {
			all.Go(func() {
				said, err := f.Ask(t.Context(), "127.0.0.1", port, line)
				assert.Check(t, err)
				assert.Check(t, said == large(line), "%s: %d bytes", line, len(said))
			})
		}
		all.Wait()
	})
}

// Who does not answer keeps nobody else from it.
func TestFanWithSomeThatDoNotAnswer(t *testing.T) {
	eachFan(t, func(t *testing.T, f *Fan, _ func() *process) {
		hang := make(chan struct{})
		defer close(hang)
		silent := server(t, "127.0.0.1", func(string, net.Conn) { <-hang })
		port := server(t, "127.0.0.1", echo)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errors.New("no answer in time"))
		defer cancel()
		_, err := f.Ask(ctx, "127.0.0.1", silent, "x")
		assert.Error(t, err, "no answer in time")

		// busybox tells no difference to an answer of nothing, which is none.
		said, err := f.Ask(t.Context(), "127.0.0.1", 1, "x")
		var refused *AgentError
		assert.Assert(t, said == "" && (err == nil || errors.As(err, &refused) && refused.Code == Refused), "%q %v", said, err)

		said, err = f.Ask(t.Context(), "127.0.0.1", port, "y")
		assert.NilError(t, err)
		assert.Equal(t, said, "you said y\n\n")
		assert.Assert(t, !f.Lost())
	})
}

func TestFanThatIsKilled(t *testing.T) {
	eachFan(t, func(t *testing.T, f *Fan, p func() *process) {
		hang, asked := make(chan struct{}), make(chan struct{}, 3)
		silent := server(t, "127.0.0.1", func(string, net.Conn) { asked <- struct{}{}; <-hang })
		errs := make(chan error, 3)
		for range cap(errs) {
			go func() {
				_, err := f.Ask(t.Context(), "127.0.0.1", silent, "x")
				errs <- err
			}()
		}
		for range cap(asked) {
			<-asked
		}
		p().kill()
		close(hang) // what still asks ends with its connection
		for range cap(errs) {
			if err := <-errs; err != nil {
				assert.Check(t, errors.Is(err, ErrClosed), "%v", err)
			}
		}
		for !f.Lost() {
			_, _ = f.Ask(t.Context(), "127.0.0.1", 1, "x")
		}
		_, err := f.Ask(t.Context(), "127.0.0.1", 1, "x")
		assert.Assert(t, err != nil)
	})
}

func TestFanWithoutTools(t *testing.T) {
	_, err := OpenFan(t.Context(), dialer(t, "sh"))
	var missing *AgentError
	assert.Assert(t, errors.As(err, &missing), "%v", err)
	assert.Equal(t, missing.Code, Missing)
	assert.Assert(t, missing.Text != "")
}

func TestRelayToAnotherHost(t *testing.T) {
	for name, tools := range map[string][]string{"perl": {"sh", "perl"}, "bash": {"sh", "bash", "cat"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port := server(t, "127.0.0.2", echo)
			c, err := Relay(t.Context(), dialer(t, tools...), "127.0.0.2", port)
			assert.NilError(t, err)
			defer c.Close()
			_, err = io.WriteString(c, "hello\n")
			assert.NilError(t, err)
			said, err := bufio.NewReader(c).ReadString('\n')
			assert.NilError(t, err)
			assert.Equal(t, said, "you said hello\n")
			_, err = Relay(t.Context(), dialer(t, tools...), loopback, port)
			assert.Assert(t, err != nil, "it listens on the other address alone")
		})
	}
}
