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
	// settings, record the file that tells the active colour, reloaded what a
	// running proxy takes anew.
	volume, settings, record, reloaded string
	// image makes the image in a flavour, flavours are those there are.
	image    func(context.Context, images.Flavour, ...images.Option) (string, error)
	flavours []images.Flavour
	// variable is the environment variable that the files take the image
	// from, and value its default image.
	variable, value string
	// holder is the image of a holder's container, holderExample the example's
	// file.
	holder, holderExample string
	// broken are commands of proxies that do not come up, and what is said.
	broken []brokenProxy
	// faults damage the record, and heal it.
	faults []fault
	// lines turns the lines of a file about HAProxy into the proxy's.
	lines *strings.Replacer
}

// brokenProxy is a proxy's command with which it does not take over.
type brokenProxy struct {
	command, said string
	code          int
}

// fault is a way to damage what the proxy's volume keeps: shell commands in
// the record's directory, and what is said of it.
type fault struct{ name, said, hurt, heal string }

// haproxy is HAProxy's command in the files, and takesOver what it needs beside
// another one.
const (
	haproxy   = "haproxy -W -db -f /var/lib/haproxy/haproxy.cfg"
	takesOver = " -x /var/lib/haproxy/bluegreen/admin.sock"
)

var proxiesUnderTest = map[string]proxyUnderTest{
	"haproxy": {
		kind: compose.HAProxy, volume: "/var/lib/haproxy", settings: "/var/lib/haproxy/haproxy.cfg",
		record: "/var/lib/haproxy/bluegreen/active.map", reloaded: "/var/lib/haproxy/haproxy.cfg",
		image: images.HAProxy, flavours: []images.Flavour{images.Debian, images.BashOnly, images.Busybox},
		variable: "HAPROXY_IMAGE", lines: strings.NewReplacer(), holderExample: "compose.yml",
		broken: []brokenProxy{
			{haproxy, "add to its command: -x /var/lib/haproxy/bluegreen/admin.sock", 8},
			{haproxy + " -f /none.cfg" + takesOver, "/none.cfg", 9},
			{"sh -c 'sleep 1000 # -f /var/lib/haproxy/haproxy.cfg" + takesOver + " '", "", 9},
		},
		faults: []fault{
			{"its state is damaged", "active.map is damaged", "cp active.map kept && echo 'active grue' > active.map", "mv kept active.map"},
			{"its state was edited", "its entry says green", "cp active.map kept && sed -i 's/^active blue/active green/' active.map", "mv kept active.map"},
		},
	},
	"traefik": {
		kind: compose.Traefik, volume: "/var/lib/traefik", settings: "/var/lib/traefik/traefik.yml",
		record: "/var/lib/traefik/dynamic/bluegreen.yml", reloaded: "/var/lib/traefik/dynamic/bluegreen.yml",
		image: images.Traefik, flavours: []images.Flavour{images.Debian, images.Busybox},
		variable: "TRAEFIK_IMAGE", holderExample: "compose.traefik.yml",
		broken: []brokenProxy{
			{"sh -c 'echo it is broken; exit 3 # --configFile=/var/lib/traefik/traefik.yml '", "it is broken", 9},
			{"sh -c 'sleep 1000 # --configFile=/var/lib/traefik/traefik.yml '", "", 9},
		},
		faults: []fault{
			{"its state is damaged", "bluegreen.yml is damaged", "cp bluegreen.yml kept && sed -i '1s/.*/# {broken/' bluegreen.yml", "mv kept bluegreen.yml"},
			{"its comment is lost", "bluegreen.yml is damaged", "cp bluegreen.yml kept && sed -i 1d bluegreen.yml", "mv kept bluegreen.yml"},
		},
		lines: strings.NewReplacer(
			"${HAPROXY_IMAGE:-haproxy:3.2}", "${TRAEFIK_IMAGE:-traefik:v3.7}", "${HAPROXY_IMAGE}", "${TRAEFIK_IMAGE}",
			" -x /var/lib/haproxy/bluegreen/admin.sock", "",
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
	if behind.value, err = behind.image(ctx, images.Debian); err != nil {
		return err
	}
	behind.holder = behind.value
	if behind.kind == compose.Traefik {
		behind.holder, err = images.Traefik(ctx, images.Holder)
	}
	return err
}

// inFlight is how the proxy tells what is in flight: Traefik knows of
// connections alone.
func inFlight(kinds string) string {
	if behind.kind == compose.HAProxy {
		return kinds
	}
	n := len(strings.Split(kinds, ", "))
	if n == 1 {
		return "1 request"
	}
	return fmt.Sprintf("%d requests", n)
}

// once marks a scenario in which the proxy has little part: a short run behind
// Traefik leaves it out, for it runs behind HAProxy.
func once(t *testing.T) {
	t.Helper()
	if testing.Short() && behind.kind != compose.HAProxy {
		t.Skip("runs behind HAProxy; behind every proxy without -short")
	}
}

// long leaves a scenario out with -short, behind whatever proxy: it takes minutes
// where a machine is slow, and shows for one more case what others show as well.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long; runs without -short")
	}
}

// only leaves a scenario out behind another proxy, for a reason.
func only(t *testing.T, kind compose.Kind, why string) {
	t.Helper()
	if behind.kind != kind {
		t.Skip("for " + string(kind) + " alone: " + why)
	}
}
