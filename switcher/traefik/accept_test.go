package traefik

import (
	"slices"
	"testing"
)

// What Traefik gets is known where nothing else can change it on the way.
func TestWhatTraefikIsStartedWith(t *testing.T) {
	for _, c := range []struct {
		name    string
		command []string
		program string
		want    []string
	}{
		{"the official image's entry point and flags", []string{"/entrypoint.sh", "--api", "--ping=true"}, "traefik", []string{"--api", "--ping=true"}},
		{"and its own argument", []string{"/entrypoint.sh", "traefik"}, "traefik", nil},
		{"and the program named", []string{"/entrypoint.sh", "traefik", "--api"}, "traefik", []string{"--api"}},
		{"no argument at all", []string{"/entrypoint.sh"}, "traefik", nil},
		{"the program itself", []string{"/usr/local/bin/traefik", "--configFile", "/a.yml"}, "/usr/local/bin/traefik", []string{"--configFile", "/a.yml"}},
		{"but not a shell", []string{"/entrypoint.sh", "sh", "-c", "exec traefik --api"}, "", nil},
		{"but not somebody's own entry point", []string{"/docker-entrypoint.sh", "--api"}, "", nil},
		{"but not another command", []string{"traefik", "version"}, "", nil},
		{"but not what the way there cannot spell", []string{"traefik", "--accesslog.format=a b"}, "", nil},
		{"but not nothing", nil, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			program, got, known := started(c.command)
			if known != (c.program != "") {
				t.Fatalf("known is %v", known)
			}
			if known && (program != c.program || !slices.Equal(got, c.want)) {
				t.Errorf("it is %s %q", program, got)
			}
		})
	}
}

func TestARejectionIsTraefiksOwnWord(t *testing.T) {
	const no = "Error calling healthcheck: please enable `ping` to use health check\n"
	rejected := `{"level":"error","error":"command healthcheck error: failed to decode configuration from flags: field not found, node: nonsense","time":"2026-11-25T18:00:00Z","message":"Command error"}` + "\n"
	for said, want := range map[string]string{
		no:                    "",
		"":                    "",
		"OK: http://":         "",
		"a word\n" + rejected: "failed to decode configuration from flags: field not found, node: nonsense",
		`{"level":"error","error":"incompatible","message":"Deprecated"}` + "\n" + no: "",
		"sh: traefik: not found\n": "",
	} {
		if got := rejection(said); got != want {
			t.Errorf("%q is rejected for %q", said, got)
		}
	}
}
