package haproxy_test

import (
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/images"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/haproxy"
	"github.com/bluegreen/docker-bluegreen/switcher/proxytest"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

func TestMain(m *testing.M) { proxytest.Main(m, doors) }

func doors(dialer compose.Dialer, project string, proxy compose.Proxy) switcher.Doors {
	return haproxy.Doors{Door: session.Door{Dialer: dialer, Project: project, Proxy: proxy}}
}

// flavours are the images with the tools of every kind.
var flavours = []images.Flavour{images.Debian, images.BashOnly, images.Busybox}

func setup(t testing.TB, flavour images.Flavour) proxytest.Setup {
	t.Helper()
	if testing.Short() {
		t.Skip("needs an engine")
	}
	image, err := images.HAProxy(t.Context(), flavour)
	if err != nil {
		t.Fatal(err)
	}
	proxy := compose.Proxy{
		Service: "lb", Kind: compose.HAProxy, Volume: "/var/lib/haproxy",
		Settings: "/var/lib/haproxy/haproxy.cfg", Generated: true,
	}
	return proxytest.Setup{
		Image: image, Command: []string{"haproxy", "-W", "-db", "-f", proxy.Settings}, Proxy: proxy, Doors: doors,
		NoColour: "no colour is active", NoCandidate: "no candidate", Sick: "L7STS", Kinds: true,
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

// A user's own settings need the lines that the tool names, and no more.
func TestContractWithOwnSettings(t *testing.T) {
	t.Parallel()
	own := setup(t, images.Debian)
	own.Proxy.Settings = "/var/lib/haproxy/own.cfg"
	own.Proxy.Generated = false
	own.NoColour = ""
	own.Command = []string{"haproxy", "-W", "-db", "-f", own.Proxy.Settings}
	own.Settings = func(m compose.Model) string {
		lines := haproxy.Lines(m)
		lines = strings.Replace(lines, "frontend port_80\n", "frontend port_80\n    mode http\n    bind :80\n", 1)
		lines = strings.Replace(lines, "frontend port_5432\n", "frontend port_5432\n    bind :5432\n", 1)
		return "defaults\n    timeout connect 5s\n    timeout client 1m\n    timeout server 1m\n    timeout tunnel 1m\n" + lines
	}
	proxytest.Run(t, own)
}

func BenchmarkSession(b *testing.B) {
	for _, flavour := range flavours {
		b.Run(string(flavour), func(b *testing.B) { proxytest.Benchmark(b, setup(b, flavour)) })
	}
}
