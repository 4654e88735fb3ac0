package compose

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
)

// smallest is the least that makes a project: a proxy and one pair.
const smallest = `
name: shop
services:
  lb:
    image: haproxy:3.2
    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
    ports: ["8080:80"]
    volumes: ["state:/var/lib/haproxy"]
  web-blue:
    image: web:${TAG:-v1}
    profiles: [blue]
    x-bluegreen: {port: 8080}
  web-green:
    image: web:${TAG:-v1}
    profiles: [green]
    x-bluegreen: {port: 8080}
volumes: {state: {}}
`

func TestMain(m *testing.M) {
	// Nothing of the machine's own projects may leak in.
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "COMPOSE_") || name == "TAG" {
			if err := os.Unsetenv(name); err != nil {
				panic(err)
			}
		}
	}
	logrus.SetLevel(logrus.ErrorLevel)
	os.Exit(m.Run())
}

// enter makes a directory with files, and makes it the current one.
func enter(t *testing.T, files map[string]string) string {
	t.Helper()
	directory, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(directory)
	return directory
}

func mustLoad(t *testing.T, o Options) *Project {
	t.Helper()
	p, err := Load(t.Context(), o)
	if err != nil {
		t.Fatalf("%s", explain(err))
	}
	return p
}

// loadText loads one file of this content.
func loadText(t *testing.T, content string) (*Project, error) {
	t.Helper()
	return loadBeside(t, content, nil)
}

// loadBeside does so in a directory with other files.
func loadBeside(t *testing.T, content string, files map[string]string) (*Project, error) {
	t.Helper()
	all := map[string]string{"compose.yml": content}
	maps.Copy(all, files)
	enter(t, all)
	return Load(t.Context(), Options{})
}

func mustLoadText(t *testing.T, content string) *Project {
	t.Helper()
	p, err := loadText(t, content)
	if err != nil {
		t.Fatalf("%s", explain(err))
	}
	return p
}

// explain shows all errors, each with its hint.
func explain(err error) string {
	var text strings.Builder
	for _, e := range flatten(err) {
		fmt.Fprintln(&text, e)
		var hinted interface{ Hint() string }
		if errors.As(e, &hinted) {
			fmt.Fprintln(&text, "  fix:", hinted.Hint())
		}
	}
	return text.String()
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

// contains tells that an error says each of the texts.
func contains(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", texts)
	}
	for _, text := range texts {
		if !strings.Contains(explain(err), text) {
			t.Errorf("got:\n%s\nwant %q in it", explain(err), text)
		}
	}
}
