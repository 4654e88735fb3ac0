package images

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestHAProxyContract holds each HAProxy image against what users get from the official one.
func TestHAProxyContract(t *testing.T) {
	tests := map[Flavour]struct{ has, lacks string }{
		Debian:   {"bash perl flock sync mv sh grep sed awk timeout", "socat nc busybox"},
		BashOnly: {"bash flock sync mv sh grep sed awk timeout", "socat nc busybox perl"},
		Busybox:  {"busybox sh nc flock fsync sync mv grep sed awk timeout", "bash perl socat"},
	}
	for flavour, test := range tests {
		t.Run(string(flavour), func(t *testing.T) {
			ref, err := HAProxy(t.Context(), flavour)
			if err != nil {
				t.Fatal(err)
			}
			const format = "{{.Config.User}} {{.Config.WorkingDir}} {{.Config.StopSignal}} {{index .Config.Labels \"" + Label + "\"}}"
			want(t, "haproxy /var/lib/haproxy SIGUSR1 image", "image", "inspect", "--format", format, ref)
			want(t, "99 99", "run", "--rm", ref, "stat", "-c", "%u %g", "/var/lib/haproxy")
			want(t, "1777", "run", "--rm", ref, "stat", "-c", "%a", "/tmp")
			want(t, "", "run", "--rm", ref, "sh", "-c", "for tool in "+test.has+"; do command -v $tool >/dev/null || echo $tool; done")
			want(t, "", "run", "--rm", ref, "sh", "-c", "for tool in "+test.lacks+"; do command -v $tool; done; true")
		})
	}
}

// TestHAProxyEntrypoint runs HAProxy as the official image does: options alone are its own, as master
// and worker, and its stop signal ends it well.
func TestHAProxyEntrypoint(t *testing.T) {
	ref, err := HAProxy(t.Context(), Debian)
	if err != nil {
		t.Fatal(err)
	}
	if version, err := docker(t.Context(), "run", "--rm", ref, "-v"); err != nil || !strings.HasPrefix(version, "HAProxy version") {
		t.Errorf("options alone: %q, %v: want HAProxy's version", version, err)
	}
	const settings = `printf 'defaults
 mode http
 timeout connect 1s
 timeout client 1s
 timeout server 1s
listen l
 bind :80
 http-request return status 200
' > haproxy.cfg && `
	id := start(t, "--publish", "127.0.0.1::80", "--entrypoint", "sh", ref, "-c",
		settings+"exec docker-entrypoint.sh haproxy -f haproxy.cfg")
	awaitAnswer(t, id, "80", "/")
	endSoftly(t, id)
	want(t, "0", "inspect", "--format", "{{.State.ExitCode}}", id)
}

// endSoftly sends SIGUSR1 until HAProxy ends. Just after its start one is not always enough: it
// may come when HAProxy has looked for signals and not yet gone to sleep, and then wakes nobody.
func endSoftly(t *testing.T, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := docker(ctx, "wait", id)
		ended <- err
	}()
	retry := time.NewTicker(500 * time.Millisecond)
	defer retry.Stop()
	for {
		_, _ = docker(ctx, "kill", "--signal", "SIGUSR1", id) // fails when it has ended meanwhile
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			return
		case <-retry.C:
		}
	}
}
