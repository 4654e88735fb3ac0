package session

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlaceLeavesNothingBesideTheFile(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s, ctx := open(), t.Context()
		watched := filepath.Join(filepath.Dir(s.Directory()), "watched")
		for _, text := range []string{"one\n", "two\n\nthree\n"} {
			if err := s.Place(ctx, watched+"/file", text); err != nil {
				t.Fatal(err)
			}
			if got, _ := os.ReadFile(watched + "/file"); string(got) != text {
				t.Errorf("placed %q, read %q", text, got)
			}
		}
		if left, _ := filepath.Glob(s.Path("*")); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
		if err := s.Place(ctx, "/proc/nowhere/file", "x\n"); err == nil {
			t.Error("placed where nothing can be")
		}
		if _, err := s.Read(ctx, watched+"/file"); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// A server that notices a client which closes its end must not see one.
func TestTalkWaitsForTheAnswer(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s, ctx := open(), t.Context()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Seen", r.Header.Get("X-Sent"))
			_, _ = fmt.Fprint(w, strings.Repeat("0123456789", 10_000), r.Context().Err())
		}))
		defer server.Close()
		port := server.Listener.Addr().(*net.TCPAddr).Port
		said, err := s.Talk(ctx, port, "GET /x HTTP/1.0\r\nHost: h\r\nX-Sent: $x `y` \"\r\n\r\n")
		if err != nil || !strings.HasPrefix(said, "HTTP/1.0 200 OK\r\n") || !strings.Contains(said, "X-Seen: $x `y` \"\r\n") ||
			!strings.HasSuffix(said, "0123456789<nil>\n") {
			t.Errorf("%v: %.300q", err, said)
		}
		var refusal *AgentError
		if _, err := s.Talk(ctx, 1, "x\n"); !errors.As(err, &refusal) || refusal.Code != Refused {
			t.Errorf("nobody listens: %v", err)
		}
		if _, err := s.Talk(ctx, port, "GET / HTTP/1.0\r\n\r\n"); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestReach(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		s, ctx := open(), t.Context()
		port := echoServer(t, "tcp", "127.0.0.1:0").(*net.TCPAddr).Port
		for _, host := range []string{"127.0.0.1", "localhost"} {
			if err := s.Reach(ctx, host, port); err != nil {
				t.Errorf("%s: %v", host, err)
			}
		}
		var refusal *AgentError
		for _, host := range []string{"127.0.0.1", "no-such-host.invalid"} {
			if err := s.Reach(ctx, host, 1); !errors.As(err, &refusal) || refusal.Code != Refused {
				t.Errorf("%s: %v", host, err)
			}
		}
	})
}
