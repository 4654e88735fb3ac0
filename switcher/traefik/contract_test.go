package traefik_test

import (
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
	"github.com/bluegreen/docker-bluegreen/e2e/images"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/proxytest"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
	"github.com/bluegreen/docker-bluegreen/switcher/traefik"
)

func TestMain(m *testing.M) { proxytest.Main(m, doors) }

func doors(dialer compose.Dialer, project string, proxy compose.Proxy) switcher.Doors {
	return traefik.Doors{Door: session.Door{Dialer: dialer, Project: project, Proxy: proxy}}
}

// flavours are the images with the tools of every kind.
var flavours = []images.Flavour{images.Debian, images.Busybox}

func setup(t testing.TB, flavour images.Flavour) proxytest.Setup {
	t.Helper()
	if testing.Short() {
		t.Skip("needs an engine")
	}
	image, err := images.Traefik(t.Context(), flavour)
	if err != nil {
		t.Fatal(err)
	}
	proxy := compose.Proxy{
		Service: "lb", Kind: compose.Traefik, Volume: "/var/lib/traefik",
		Settings: "/var/lib/traefik/traefik.yml", Watched: "/var/lib/traefik/dynamic", Generated: true,
	}
	return proxytest.Setup{
		Entrypoint: []string{"/entrypoint.sh"},
		Unreadable: map[string][]string{
			"field not found, node: nonsense": {"--api=true", "--nonsense=1"},
		},
		Image: image, Command: []string{"--configFile=" + proxy.Settings}, Proxy: proxy, Doors: doors,
		NoColour: "no available server", NoCandidate: "no available server", Sick: "DOWN",
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	for _, flavour := range flavours {
		t.Run(string(flavour), func(t *testing.T) {
			t.Parallel()
			s := setup(t, flavour)
			s.Tools = flavour != flavours[0]
			proxytest.Run(t, s)
		})
	}
}

// A user's own flags need what the tool names, and no more. The throttle is
// Traefik's default of 2 s.
func TestContractWithOwnSettings(t *testing.T) {
	t.Parallel()
	proxytest.Run(t, ownSetup(t))
}

func ownSetup(t testing.TB) proxytest.Setup {
	t.Helper()
	own := setup(t, images.Debian)
	own.Command = []string{
		"--entrypoints.web.address=:80", "--entrypoints.raw.address=:5432", "--entrypoints.bluegreen.address=127.0.0.1:61919",
		"--api=true", "--providers.file.directory=/etc/traefik/dynamic",
	}
	static := staticconfig.Flags(own.Command).Config()
	own.Proxy = compose.Proxy{
		Service: "lb", Kind: compose.Traefik, Volume: "/etc/traefik/dynamic", Watched: "/etc/traefik/dynamic", Static: &static,
	}
	own.Routes, own.Slow = true, true
	return own
}

func BenchmarkSession(b *testing.B) {
	for _, flavour := range flavours {
		b.Run(string(flavour), func(b *testing.B) { proxytest.Benchmark(b, setup(b, flavour)) })
	}
}
