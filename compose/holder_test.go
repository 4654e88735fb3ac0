package compose

import (
	"strings"
	"testing"
)

// entrance is a holder that runs the proxy's image.
const entrance = "  entrance: {image: 'haproxy:3.2', ports: ['80:8080']}\n"

// heldBy puts the smallest project's proxy into the network of a service.
func heldBy(holder string, more ...string) string {
	changes := append([]string{publishes, "network_mode: service:" + holder, end, entrance + end}, more...)
	return strings.NewReplacer(changes...).Replace(smallest)
}

func TestTheHolderIsFoundByTheProxysNetwork(t *testing.T) {
	for _, said := range []string{"", "x-bluegreen: {proxy: {holder: entrance}}\n", "x-bluegreen: {proxy: {service: lb, holder: entrance}}\n"} {
		p := mustLoadText(t, heldBy("entrance", top, top+said))
		equal(t, "proxy", p.Proxy.Service, "lb")
		equal(t, "holder", p.Proxy.Holder, "entrance")
		equal(t, "shared", len(p.Shared), 0)
		equal(t, "listen", p.Pairs[0].Routes[Blue].Listen, 8080)
	}
	equal(t, "holder", mustLoadText(t, smallest).Proxy.Holder, "")
}

// A proxy whose image has another name is not seen as one. Its holder, which may
// run the proxy's image, must not be taken for it.
func TestAHolderIsNotTakenForAProxyOfUnknownImage(t *testing.T) {
	custom := heldBy("entrance", haproxy, "image: registry.test/edge:7")
	_, err := loadText(t, custom)
	if err == nil {
		t.Fatal("entrance is taken for the proxy")
	}
	for _, part := range []string{
		`service "lb": uses the network of entrance and has a volume: one of them is the proxy`,
		`x-bluegreen: {proxy: {service: lb, kind: haproxy}}, or x-bluegreen: {proxy: entrance}`,
	} {
		if said := explain(err); !strings.Contains(said, part) {
			t.Errorf("%q is not in %s", part, said)
		}
	}
	p := mustLoadText(t, strings.Replace(custom, top, top+"x-bluegreen: {proxy: {service: lb, kind: haproxy}}\n", 1))
	equal(t, "proxy", p.Proxy.Service, "lb")
	equal(t, "holder", p.Proxy.Holder, "entrance")

	// What only looks at the proxy from its network keeps nothing there.
	for _, sidecar := range []string{"", ", volumes: ['state:/watched:ro']"} {
		p = mustLoadText(t, strings.Replace(smallest, end, "  exporter: {image: prom, network_mode: 'service:lb'"+sidecar+"}\n"+end, 1))
		equal(t, "proxy", p.Proxy.Service, "lb")
	}
}

func TestHolderRules(t *testing.T) {
	holder := func(has string) string {
		return strings.Replace(heldBy("entrance"), "ports: ['80:8080']", has, 1)
	}
	for _, c := range []struct {
		name, text, want string
	}{
		{"another than the network's", heldBy("entrance", top, top+"x-bluegreen: {proxy: {holder: lb}}\n"), `x-bluegreen.proxy.holder names "lb", but the proxy is not in its network`},
		{"named without a network", strings.Replace(smallest, top, top+"x-bluegreen: {proxy: {holder: entrance}}\n", 1), `write network_mode: service:entrance`},
		{"two replicas", holder("ports: ['80:8080'], scale: 2"), `holds the proxy's network and has 2 replicas`},
		{"a colour", holder("ports: ['80:8080'], profiles: [blue]"), `holds the proxy's network and has a colour's profile`},
		{"no network of its own", holder("network_mode: host"), `holds the proxy's network and has network_mode host`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loadText(t, c.text)
			if err == nil || !strings.Contains(explain(err), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
