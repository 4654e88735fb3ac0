package e2e

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

// proxyVariable names the proxy that the scenarios run behind: haproxy, which
// is the default, or traefik. The scenarios are written for HAProxy; behind
// Traefik the files' lines about the proxy are Traefik's.
const proxyVariable = "BLUEGREEN_E2E_PROXY"

// proxyUnderTest is what differs between the proxies.
type proxyUnderTest struct {
	kind compose.Kind
	// volume is where the state's volume is mounted, settings the generated
	// settings, record the file that tells the active colour.
	volume, settings, record string
	// image makes the image in a flavour, flavours are those there are.
	image    func(context.Context, images.Flavour, ...images.Option) (string, error)
	flavours []images.Flavour
	// variable is the environment variable that the files take the image
	// from, and value its default image.
	variable, value string
	// lines turns the lines of a file about HAProxy into the proxy's.
	lines *strings.Replacer
}

var proxiesUnderTest = map[string]proxyUnderTest{
	"haproxy": {
		kind: compose.HAProxy, volume: "/var/lib/haproxy", settings: "/var/lib/haproxy/haproxy.cfg",
		record: "/var/lib/haproxy/bluegreen/active.map",
		image:  images.HAProxy, flavours: []images.Flavour{images.Debian, images.BashOnly, images.Busybox},
		variable: "HAPROXY_IMAGE", lines: strings.NewReplacer(),
	},
	"traefik": {
		kind: compose.Traefik, volume: "/var/lib/traefik", settings: "/var/lib/traefik/traefik.yml",
		record: "/var/lib/traefik/dynamic/bluegreen.yml",
		image:  images.Traefik, flavours: []images.Flavour{images.Debian, images.Busybox},
		variable: "TRAEFIK_IMAGE",
		lines: strings.NewReplacer(
			"${HAPROXY_IMAGE:-haproxy:3.2}", "${TRAEFIK_IMAGE:-traefik:v3.7}", "${HAPROXY_IMAGE}", "${TRAEFIK_IMAGE}",
			"haproxy -W -db -f /var/lib/haproxy/haproxy.cfg", "--configFile=/var/lib/traefik/traefik.yml",
			"/var/lib/haproxy/haproxy.cfg", "/var/lib/traefik/traefik.yml", "/var/lib/haproxy", "/var/lib/traefik",
		),
	},
}

// behind is the proxy that this run's scenarios are behind.
var behind proxyUnderTest

// chooseProxy reads which proxy it is, and makes its image.
func chooseProxy(ctx context.Context) (err error) {
	name := os.Getenv(proxyVariable)
	if name == "" {
		name = "haproxy"
	}
	known := false
	if behind, known = proxiesUnderTest[name]; !known {
		return fmt.Errorf("%s is %q, want haproxy or traefik", proxyVariable, name)
	}
	behind.value, err = behind.image(ctx, images.Debian)
	return err
}

// only leaves a scenario out behind another proxy, for a reason.
func only(t *testing.T, kind compose.Kind, why string) {
	t.Helper()
	if behind.kind != kind {
		t.Skip("for " + string(kind) + " alone: " + why)
	}
}
