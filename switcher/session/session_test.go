package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestFiles(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s, ctx := open(), t.Context()
		file := s.Path("file")
		for _, text := range []string{"one\n", "", "\n", "a\n\n b\n+c\n-d\n=ok\n\n", "é \\ $x `y` 'z' \"\n", strings.Repeat("0123456789\n", 20_000)} {
			if err := s.Write(ctx, file, text); err != nil {
				t.Fatal(err)
			}
			contents, err := s.Read(ctx, s.Path("absent"), file)
			if err != nil {
				t.Fatal(err)
			}
			want := text
			if text == "" {
				want = "\n"
			}
			if got, found := contents[file]; got != want || !found || len(contents) != 1 {
				t.Errorf("wrote %.40q, read %.40q of %d files", text, got, len(contents))
			}
		}
		if err := s.Remove(ctx, file, s.Path("absent")); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the file is still there: %v", err)
		}
		if left, _ := filepath.Glob(s.Path("*")); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

// What is sealed or placed may hold a password.
func TestOthersCannotReadWhatIsSealed(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s, ctx := open(), t.Context()
		for name, c := range map[string]struct {
			write func(context.Context, string, string) error
			want  os.FileMode
		}{"written": {s.Write, 0o644}, "sealed": {s.Seal, 0o600}, "placed": {s.Place, 0o600}, "written again": {s.Write, 0o644}} {
			if err := c.write(ctx, s.Path("file"), name); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(s.Path("file")); err != nil || info.Mode().Perm() != c.want {
				t.Errorf("what is %s has mode %v, %v", name, info.Mode().Perm(), err)
			}
		}
	})
}

func TestReadKeepsUnendedLine(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s := open()
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, []byte("a\nb"), 0o600); err != nil {
			t.Fatal(err)
		}
		contents, err := s.Read(t.Context(), file, file+"-absent")
		if err != nil || contents[file] != "a\nb\n" {
			t.Errorf("read %q, %v", contents, err)
		}
	})
}

func TestAppend(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s, ctx := open(), t.Context()
		file := s.Path("log")
		for n, line := range []string{`{"a":1}`, `{"b":"\\n $x"}`} {
			if lines, err := s.Append(ctx, file, line); err != nil || lines != n+1 {
				t.Errorf("%d lines, %v", lines, err)
			}
		}
		if err := os.WriteFile(file, []byte("whole\ntorn"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Append(ctx, file, "new"); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(file); string(got) != "whole\ntorn\nnew\n" {
			t.Errorf("after a torn line: %q", got)
		}
	})
}

func TestAFileThatCannotBeWrittenLeavesTheSessionUsable(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s, ctx := open(), t.Context()
		if err := s.Write(ctx, s.Path("file"), "text"); err != nil {
			t.Fatal(err)
		}
		var refusal *AgentError
		if err := s.Write(ctx, "/proc/nothing/file", "text"); !errors.As(err, &refusal) || refusal.Code != IO {
			t.Errorf("write: %v", err)
		}
		if _, err := s.Append(ctx, "/proc/nothing/file", "text"); !errors.As(err, &refusal) || refusal.Code != IO {
			t.Errorf("append: %v", err)
		}
		if _, err := s.Read(ctx, s.Path("file")); err != nil {
			t.Errorf("read afterwards: %v", err)
		}
	})
}

func TestTheDirectoryIsTheCandidateWithAProject(t *testing.T) {
	for name, tools := range toolSets {
		t.Run(name, func(t *testing.T) {
			dial, empty, full := dialer(t, tools...), t.TempDir(), t.TempDir()
			if err := os.WriteFile(filepath.Join(full, modelFile), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), dial, Place{Candidates: []string{empty, full}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if s.Directory() != full {
				t.Errorf("the directory is %s, want %s", s.Directory(), full)
			}
			var refusal *AgentError
			if _, err := Open(t.Context(), dial, Place{Candidates: []string{empty}}); !errors.As(err, &refusal) || refusal.Code != NoState {
				t.Errorf("without a recorded project: %v", err)
			}
		})
	}
}

func TestMissingToolsAreNamed(t *testing.T) {
	var refusal *AgentError
	_, err := Open(t.Context(), dialer(t, "sh", "bash", "sed"), Place{Default: t.TempDir()})
	if !errors.As(err, &refusal) || refusal.Code != Missing || !strings.Contains(refusal.Text, "flock") {
		t.Errorf("bash alone: %v", err)
	}
	_, err = Open(t.Context(), dialer(t, "sh", "sed"), Place{Default: t.TempDir()})
	if !errors.As(err, &refusal) || refusal.Code != Missing || !strings.Contains(refusal.Text, "nc") {
		t.Errorf("a plain shell: %v", err)
	}
	var wrapped *switcher.ProxyError
	if !errors.As((Errors{Proxy: "lb"}).Wrap("open a session", err), &wrapped) || !strings.Contains(wrapped.Hint(), "perl") {
		t.Errorf("no hint: %v", wrapped)
	}
}

func TestAskAndRunAndSignal(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s, ctx := open(), t.Context()
		port := echoServer(t, "tcp", "127.0.0.1:0").(*net.TCPAddr).Port
		socket := echoServer(t, "unix", filepath.Join(t.TempDir(), "s")).String()
		for _, admin := range []Admin{{Socket: socket, Port: port}, {Socket: "/nowhere/socket", Port: port}} {
			if said, err := s.Ask(ctx, admin, "show info;show $x *"); err != nil || said != "you said show info;show $x *\n" {
				t.Errorf("%v: %q, %v", admin, said, err)
			}
		}
		if _, err := s.Ask(ctx, Admin{Socket: socket, Port: 1}, "x"); (err == nil) != (s.Tools() == "perl") {
			t.Errorf("the socket alone: %v", err)
		}
		var refusal *AgentError
		if _, err := s.Ask(ctx, Admin{Socket: "/nowhere/socket", Port: 1}, "x"); !errors.As(err, &refusal) || refusal.Code != Refused {
			t.Errorf("nobody listens: %v", err)
		}
		if said, status, err := s.Run(ctx, "sh", "-x", "/nowhere/script"); err != nil || status == 0 || said == "" {
			t.Errorf("%q, %d, %v", said, status, err)
		}
		if _, status, err := s.Run(ctx, "no-such-program"); err != nil || status != 127 {
			t.Errorf("%d, %v", status, err)
		}
		if err := s.Signal(ctx, "CONT", os.Getpid()); err != nil {
			t.Error(err)
		}
		if err := s.Signal(ctx, "USR2", 1<<30); !errors.As(err, &refusal) || refusal.Code != IO {
			t.Errorf("signal to nobody: %v", err)
		}
	})
}

// echoServer stands for a proxy's runtime API: one line, one answer, the end.
func echoServer(t *testing.T, network, address string) net.Addr {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			buffer := make([]byte, 1000)
			n, _ := conn.Read(buffer)
			_, _ = fmt.Fprintf(conn, "you said %s", buffer[:n])
			conn.Close()
		}
	}()
	return listener.Addr()
}

func TestAnEndedContextEndsTheRequest(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s := open()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, _, err := s.Run(ctx, "sleep", "0.5"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cut short: %v", err)
		}
		if _, err := s.Read(t.Context(), s.Path("file")); err != nil {
			t.Errorf("the session must survive: %v", err)
		}
	})
}

func TestAnAnswerThatNeverComesEndsTheSession(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s := open()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, _, err := s.Run(ctx, "sleep", "10"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cut short: %v", err)
		}
		_, first := s.Read(t.Context(), s.Path("file"))
		_, second := s.Read(t.Context(), s.Path("file"))
		if first == nil || second == nil || first.Error() != second.Error() || !strings.Contains(first.Error(), "session with the proxy is lost") {
			t.Errorf("afterwards: %v, then %v", first, second)
		}
	})
}

func TestAContextThatEndedBeforeLeavesTheSessionUsable(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s := open()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Read(ctx, s.Path("file")); !errors.Is(err, context.Canceled) {
			t.Errorf("read: %v", err)
		}
		if _, err := s.Read(t.Context(), s.Path("file")); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestADeadPeerIsSaidSo(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s := open()
		s.stream.(*process).kill()
		_, err := s.Read(t.Context(), s.Path("file"))
		if err == nil || !strings.Contains(err.Error(), "session with the proxy is lost") {
			t.Errorf("read: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("twice: %v", err)
		}
	})
}
