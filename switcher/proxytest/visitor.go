package proxytest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// visit asks the proxy for a page and returns status and body.
func (w *world) visit(t testing.TB, path string) (int, string) {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.published(t, httpPort)+path, nil)
	ok(t, err)
	response, err := client.Do(request)
	ok(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ok(t, err)
	return response.StatusCode, string(body)
}

// colours says which colour answers an http and a tcp visitor.
func (w *world) colours(t testing.TB) (web, raw string) {
	t.Helper()
	_, body := w.visit(t, "/")
	var who struct{ Colour string }
	if json.Unmarshal([]byte(body), &who) != nil {
		who.Colour = body
	}
	conn := w.dial(t, rawPort)
	defer conn.Close()
	line, _ := bufio.NewReader(conn).ReadString('\n')
	version := strings.TrimSpace(line)
	return who.Colour, map[string]string{"v1": "blue", "v2": "green"}[version]
}

// serves fails the test unless a colour, and it alone, answers.
func (w *world) serves(t testing.TB, colour string) {
	t.Helper()
	for range 4 { // both replicas, and more
		if web, raw := w.colours(t); web != colour || raw != colour {
			t.Errorf("web is served by %q and raw by %q, want %s", web, raw, colour)
		}
	}
}

func (w *world) dial(t testing.TB, port int) net.Conn {
	t.Helper()
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(t.Context(), "tcp", w.published(t, port))
	ok(t, err)
	ok(t, conn.SetDeadline(time.Now().Add(2*time.Minute)))
	return conn
}

// begin sends a request on a connection of its own, and leaves it open.
func (w *world) begin(t testing.TB, path string, headers ...string) net.Conn {
	t.Helper()
	conn := w.dial(t, httpPort)
	t.Cleanup(func() { conn.Close() })
	request(t, conn, path, headers...)
	return conn
}

func request(t testing.TB, conn net.Conn, path string, headers ...string) {
	t.Helper()
	_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: example.com\r\n%s\r\n", path, strings.Join(headers, ""))
	ok(t, err)
}

// answeringColour reads an answer and says who gave it.
func answeringColour(t testing.TB, conn net.Conn) string {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	ok(t, err)
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	ok(t, err)
	return response.Header.Get("X-Colour")
}
