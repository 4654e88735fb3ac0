package images

import (
	"context"
	"io"
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

// start runs a container in the background, until the test ends.
func start(t *testing.T, args ...string) (id string) {
	t.Helper()
	id, err := docker(t.Context(), append([]string{"run", "--detach"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	id = strings.TrimSpace(id)
	t.Cleanup(func() { _, _ = docker(context.WithoutCancel(t.Context()), "rm", "--force", "--volumes", id) })
	return id
}

// awaitAnswer asks until the proxy in a container answers, and returns what it says.
func awaitAnswer(t *testing.T, id, port, path string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	published, err := docker(ctx, "port", id, port+"/tcp")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + strings.TrimSpace(published) + path
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	retry := time.NewTicker(50 * time.Millisecond)
	defer retry.Stop()
	for {
		if response, err := http.DefaultClient.Do(request); err == nil {
			body, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if err == nil && response.StatusCode == http.StatusOK {
				return string(body)
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s does not answer", url)
		case <-retry.C:
		}
	}
}
