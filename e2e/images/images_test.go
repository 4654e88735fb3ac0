package images

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestHash(t *testing.T) {
	t.Parallel()
	base := recipe{salt: "a", args: map[string]string{"X": "1"}, files: map[string][]byte{"f": []byte("1")}}
	others := map[string]recipe{
		"salt":      {salt: "b", args: base.args, files: base.files},
		"argument":  {salt: "a", args: map[string]string{"X": "2"}, files: base.files},
		"file":      {salt: "a", args: base.args, files: map[string][]byte{"f": []byte("2")}},
		"file name": {salt: "a", args: base.args, files: map[string][]byte{"g": []byte("1")}},
	}
	for what, other := range others {
		if other.hash() == base.hash() {
			t.Errorf("another %s gives the same hash", what)
		}
	}
}

// TestContract holds each HAProxy image against what users get from the official one.
func TestContract(t *testing.T) {
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

// TestEntrypoint runs HAProxy as the official image does: options alone are its own, as master
// and worker, and its stop signal ends it well.
func TestEntrypoint(t *testing.T) {
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
	id, err := docker(t.Context(), "run", "--detach", "--publish", "127.0.0.1::80", "--entrypoint", "sh", ref, "-c",
		settings+"exec docker-entrypoint.sh haproxy -f haproxy.cfg")
	if err != nil {
		t.Fatal(err)
	}
	id = strings.TrimSpace(id)
	t.Cleanup(func() { _, _ = docker(context.WithoutCancel(t.Context()), "rm", "--force", "--volumes", id) })
	awaitAnswer(t, id)
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

// awaitAnswer asks until HAProxy answers.
func awaitAnswer(t *testing.T, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	published, err := docker(ctx, "port", id, "80/tcp")
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+strings.TrimSpace(published), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	retry := time.NewTicker(50 * time.Millisecond)
	defer retry.Stop()
	for {
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal("HAProxy does not answer")
		case <-retry.C:
		}
	}
}

func TestHello(t *testing.T) {
	ref, err := Hello(t.Context(), "v1")
	if err != nil {
		t.Fatal(err)
	}
	if ref != "hello:v1" {
		t.Errorf("the image is called %s, want hello:v1", ref)
	}
	want(t, "migrated", "run", "--rm", ref, "migrate")
	began := time.Now()
	if _, err := Hello(t.Context(), "v1"); err != nil || time.Since(began) > time.Second {
		t.Errorf("the second time took %v, %v: want no new build", time.Since(began), err)
	}
}

func TestBuildFails(t *testing.T) {
	made := recipe{
		ref: "bluegreen-test/broken:none", files: map[string][]byte{"Dockerfile": []byte("FROM scratch\nADD missing /\n")},
		prepare: func(context.Context, string) error { return nil },
	}
	if _, err := made.ensure(t.Context()); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("error %v: want one that names the missing file", err)
	}
}

// TestLock has a second process wait for the first.
func TestLock(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	unlock, err := lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	if _, err := lock(ctx); err == nil {
		t.Fatal("two hold the lock")
	}
	unlock()
	again, err := lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// want runs docker and compares what it prints.
func want(t *testing.T, wanted string, args ...string) {
	t.Helper()
	got, err := docker(t.Context(), args...)
	if err != nil || strings.TrimSpace(got) != wanted {
		t.Errorf("docker %s: %q, %v: want %q", strings.Join(args, " "), got, err, wanted)
	}
}
