package images

import (
	"net/http"
	"strings"
	"testing"
)

// traefikVersion is as the official image says it, while go.mod of tools/traefik has a v before it.
const traefikVersion = "3.7.13"

// TestTraefikContract holds each Traefik image against what users get from the official one.
func TestTraefikContract(t *testing.T) {
	tests := map[Flavour]struct{ has, lacks string }{
		Debian:  {"bash perl flock sync mv sh grep sed awk timeout", "socat nc busybox"},
		Busybox: {"busybox sh nc flock fsync sync mv grep sed awk timeout wget", "bash perl socat nft"},
		Holder:  {"busybox sh nc flock fsync sync mv grep sed awk timeout wget nft", "bash perl socat"},
	}
	for flavour, test := range tests {
		t.Run(string(flavour), func(t *testing.T) {
			ref, err := Traefik(t.Context(), flavour)
			if err != nil {
				t.Fatal(err)
			}
			const format = "{{.Config.User}}|{{.Config.WorkingDir}}|{{.Config.StopSignal}}|{{.Config.Entrypoint}}|{{.Config.Cmd}}|" +
				"{{.Config.ExposedPorts}}|{{.Config.Volumes}}|{{index .Config.Labels \"" + Label + "\"}}"
			want(t, "|||[/entrypoint.sh]|[traefik]|map[80/tcp:{}]|map[]|image", "image", "inspect", "--format", format, ref)
			want(t, "0 1777", "run", "--rm", ref, "stat", "-c", "%u %a", "/tmp")
			want(t, "/usr/local/bin/traefik", "run", "--rm", "--user", "65534", ref, "sh", "-c", "command -v traefik")
			want(t, "BEGIN CERTIFICATE", "run", "--rm", ref, "sh", "-c",
				"sed -n '1s/-----//gp' /etc/ssl/certs/ca-certificates.crt")
			want(t, "", "run", "--rm", ref, "sh", "-c", "for tool in "+test.has+"; do command -v $tool >/dev/null || echo $tool; done")
			want(t, "", "run", "--rm", ref, "sh", "-c", "for tool in "+test.lacks+"; do command -v $tool; done; true")
			serves(t, ref)
		})
	}
}

// serves runs Traefik with options alone, as the official image does, and asks all that it can
// tell of itself; then its stop signal ends it well.
func serves(t *testing.T, ref string) {
	t.Helper()
	id := start(t, "--publish", "127.0.0.1::8080", ref,
		"--ping", "--api.insecure", "--metrics.prometheus", "--global.checknewversion=false")
	if said := awaitAnswer(t, id, "8080", "/ping"); said != http.StatusText(http.StatusOK) {
		t.Errorf("/ping says %q", said)
	}
	answers := map[string]string{
		"/api/version":             `"Version":"` + traefikVersion + `"`,
		"/api/http/routers":        `"ping@internal"`,
		"/api/rawdata":             `"api@internal"`,
		"/metrics":                 "traefik_config_reloads_total",
		"/api/entrypoints/traefik": `"address":":8080"`,
	}
	for path, wanted := range answers {
		if said := awaitAnswer(t, id, "8080", path); !strings.Contains(said, wanted) {
			t.Errorf("%s says %q: want %s in it", path, said, wanted)
		}
	}
	if _, err := docker(t.Context(), "stop", id); err != nil {
		t.Fatal(err)
	}
	want(t, "0", "inspect", "--format", "{{.State.ExitCode}}", id)
}

// TestTraefikEntrypoint gives the container what it may be given, beside options.
func TestTraefikEntrypoint(t *testing.T) {
	ref, err := Traefik(t.Context(), Busybox)
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"version"}, {"traefik", "version"}} {
		said, err := docker(t.Context(), append([]string{"run", "--rm", ref}, command...)...)
		if err != nil || !strings.Contains(said, traefikVersion) {
			t.Errorf("%v: %q, %v: want version %s", command, said, err, traefikVersion)
		}
	}
	want(t, "a shell's own", "run", "--rm", ref, "echo", "a shell's own")
	awaitAnswer(t, start(t, "--publish", "127.0.0.1::8080", "--env", "TRAEFIK_PING=true", "--env", "TRAEFIK_API_INSECURE=true", ref), "8080", "/ping")
}
