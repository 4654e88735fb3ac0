package main

import (
	"bufio"
	"io"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// hello runs the command with an environment and returns its code and what it said.
func hello(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, complaints strings.Builder
	code = run(t.Context(), args, func(name string) string { return env[name] }, &out, &complaints)
	return code, out.String(), complaints.String()
}

func TestCommands(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		env            map[string]string
		args           []string
		code           int
		stdout, stderr string
	}{
		"migrate":        {args: []string{"migrate"}, stdout: "migrated\n"},
		"failed migrate": {env: map[string]string{"MIGRATE_EXIT": "7"}, args: []string{"migrate"}, code: 7, stdout: "migrated\n"},
		"refused start":  {env: map[string]string{"FAIL_START": "1"}, code: 1, stderr: "start refused"},
		"crash":          {env: map[string]string{"CRASH_AFTER": "1ms", "PORT": "0"}, code: 3, stderr: "CRASH_AFTER asks for it"},
		"bad setting":    {env: map[string]string{"START_DELAY": "soon"}, code: 2, stderr: "read START_DELAY"},
		"unknown":        {args: []string{"dance"}, code: 2, stderr: `unknown command "dance"`},
		"health of none": {env: map[string]string{"PORT": "1"}, args: []string{"health"}, code: 1, stdout: "connection refused"},
	}
	for name, test := range tests {
		code, stdout, stderr := hello(t, test.env, test.args...)
		if code != test.code || !strings.Contains(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) {
			t.Errorf("%s: %d %q %q, want %d %q %q", name, code, stdout, stderr, test.code, test.stdout, test.stderr)
		}
	}
}

func TestHealthCommand(t *testing.T) {
	t.Parallel()
	good := serviceWith(t, nil)
	bad := serviceWith(t, map[string]string{"FAIL_HEALTH": "1"})
	if code, said, _ := hello(t, map[string]string{"PORT": portOf(t, good)}, "health"); code != 0 || said != "GET /healthz: 200 OK: ok\n" {
		t.Errorf("healthy: %d %q", code, said)
	}
	if code, said, _ := hello(t, map[string]string{"PORT": portOf(t, bad)}, "health"); code != 1 || !strings.Contains(said, "500") {
		t.Errorf("unhealthy: %d %q", code, said)
	}
}

func portOf(t *testing.T, server *httptest.Server) string {
	t.Helper()
	parsed, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Port()
}

func TestEchoTCP(t *testing.T) {
	t.Parallel()
	client, server := net.Pipe()
	go echoLines(server, "v7")
	defer func() { _ = client.Close() }()
	reader := bufio.NewReader(client)
	if greeting, err := reader.ReadString('\n'); err != nil || greeting != "v7\n" {
		t.Fatalf("greeting %q, %v", greeting, err)
	}
	if _, err := io.WriteString(client, "hi\n"); err != nil {
		t.Fatal(err)
	}
	if echoed, err := reader.ReadString('\n'); err != nil || echoed != "hi\n" {
		t.Errorf("echo %q, %v", echoed, err)
	}
}
