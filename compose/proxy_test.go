package compose

import (
	"strings"
	"testing"
)

func TestKindOfImage(t *testing.T) {
	for image, want := range map[string]Kind{
		"haproxy":                             HAProxy,
		"haproxy:3.2-alpine":                  HAProxy,
		"docker.io/library/haproxy:3.2":       HAProxy,
		"registry.test:5000/my-HAProxy:1":     HAProxy,
		"haproxytech/haproxy-debian@sha256:0": HAProxy,
		"traefik:v3":                          Traefik,
		"traefik":                             Traefik,
		"registry.test:5000/edge/Traefik-x:3": Traefik,
		"traefik/whoami:1":                    "",
		"haproxy/edge:1":                      "",
		"registry.haproxy.test:5000/web":      "",
		"web:haproxy":                         "",
		"":                                    "",
	} {
		equal(t, image, KindOf(image), want)
	}
}

func TestProxyIsNamed(t *testing.T) {
	two := strings.Replace(smallest, end, "  metrics: {image: haproxy-exporter}\n"+end, 1)
	for _, named := range []string{"lb", "{service: lb}"} {
		p := mustLoadText(t, strings.Replace(two, top, top+"x-bluegreen: {proxy: "+named+"}\n", 1))
		equal(t, "proxy", p.Proxy.Service, "lb")
		equal(t, "shared", p.Shared, []string{"metrics"})
	}
}

func TestProxyOfAnyImageWithAKind(t *testing.T) {
	p := mustLoadText(t, strings.NewReplacer(top, top+"x-bluegreen: {proxy: {service: lb, kind: haproxy}}\n", haproxy, "build: .").Replace(smallest))
	equal(t, "kind", p.Proxy.Kind, HAProxy)
}

// A holder owns the network, and the ports with it.
func TestProxyInAnotherServicesNetwork(t *testing.T) {
	p := mustLoadText(t, strings.NewReplacer(publishes, "network_mode: service:holder", end, "  holder: {image: pause, ports: ['80:8080']}\n"+end).Replace(smallest))
	equal(t, "listen", p.Pairs[0].Routes[Blue].Listen, 8080)
}

func TestProxyFiles(t *testing.T) {
	const (
		inVolume = "/var/lib/haproxy/haproxy.cfg"
		standard = "/usr/local/etc/haproxy/haproxy.cfg"
	)
	for _, c := range []struct {
		name, command, volumes, says string
		want                         Proxy
	}{
		{
			"generated into the volume", "command: haproxy -W -db -f " + inVolume, `"state:/var/lib/haproxy"`, "",
			Proxy{Volume: "/var/lib/haproxy", Settings: inVolume, Generated: true},
		},
		{
			"a list", `command: [haproxy, -W, -f, ` + inVolume + `]`, `"state:/var/lib/haproxy"`, "",
			Proxy{Volume: "/var/lib/haproxy", Settings: inVolume, Generated: true},
		},
		{
			"an entrypoint", `entrypoint: [haproxy, -f, ` + inVolume + `]`, `"state:/var/lib/haproxy/"`, "",
			Proxy{Volume: "/var/lib/haproxy", Settings: inVolume, Generated: true},
		},
		{
			"a shell", `command: sh -c "exec haproxy -W -f '` + inVolume + `'"`, `"state:/var/lib/haproxy"`, "",
			Proxy{Volume: "/var/lib/haproxy", Settings: inVolume, Generated: true},
		},
		{
			"a working directory", "command: haproxy -f haproxy.cfg\n    working_dir: /var/lib/haproxy", `"state:/var/lib/haproxy"`, "",
			Proxy{Volume: "/var/lib/haproxy", Settings: inVolume, Generated: true},
		},
		{
			"the image's own path in a volume", "", `"state:/usr/local/etc/haproxy"`, "",
			Proxy{Volume: "/usr/local/etc/haproxy", Settings: standard, Generated: true},
		},
		{
			"settings in the image", "", `"state:/var/lib/haproxy"`, "",
			Proxy{Volume: "/var/lib/haproxy", Settings: standard},
		},
		{
			"the user's file", "", `"state:/var/lib/haproxy", "./compose.yml:` + standard + `:ro"`, "",
			Proxy{Volume: "/var/lib/haproxy", Settings: standard},
		},
		{
			"the user's file over the volume", "command: haproxy -f " + inVolume, `"state:/var/lib/haproxy", "./compose.yml:` + inVolume + `"`, "",
			Proxy{Volume: "/var/lib/haproxy", Settings: inVolume},
		},
		{
			"the user's directory, read-only", "", `"state:/var/lib/haproxy", "./:/usr/local/etc/haproxy:ro"`, "",
			Proxy{Volume: "/var/lib/haproxy", Settings: standard},
		},
		{
			"a directory of the host keeps the state", "", `"./:/usr/local/etc/haproxy"`, "",
			Proxy{Volume: "/usr/local/etc/haproxy", Settings: standard},
		},
		{
			"generated into a directory of the host", "", `"./:/usr/local/etc/haproxy"`, "settings: generated",
			Proxy{Volume: "/usr/local/etc/haproxy", Settings: standard, Generated: true},
		},
		{
			"own in a volume", "command: haproxy -f " + inVolume, `"state:/var/lib/haproxy"`, "settings: own",
			Proxy{Volume: "/var/lib/haproxy", Settings: inVolume},
		},
		{
			"the volume with the settings among several", "command: haproxy -f " + inVolume, `"certs:/certs", "state:/var/lib/haproxy"`, "",
			Proxy{Volume: "/var/lib/haproxy", Settings: inVolume, Generated: true},
		},
		{
			"a named mount point", "command: haproxy -f " + inVolume, `"certs:/certs", "state:/var/lib/haproxy"`, "volume: /certs/",
			Proxy{Volume: "/certs", Settings: inVolume, Generated: true},
		},
		{
			"a mount point of the host", "", `"state:/a", "./:/b"`, "volume: /b",
			Proxy{Volume: "/b", Settings: standard},
		},
		{
			"an inner volume", "command: haproxy -f /data/cfg/haproxy.cfg", `"certs:/data", "state:/data/cfg"`, "",
			Proxy{Volume: "/data/cfg", Settings: "/data/cfg/haproxy.cfg", Generated: true},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want.Service, c.want.Kind = "lb", HAProxy
			text := strings.NewReplacer(
				top, top+"x-bluegreen: {proxy: {service: lb, "+c.says+"}}\n",
				readsFile, c.command,
				mounted, "volumes: ["+c.volumes+"]",
				end, "volumes: {state: {}, certs: {}}",
			).Replace(smallest)
			equal(t, "proxy", mustLoadText(t, text).Proxy, c.want)
		})
	}
}

// What `configs` lays over the settings is the user's.
func TestProxySettingsFromConfigs(t *testing.T) {
	p := mustLoadText(t, strings.NewReplacer(
		publishes, publishes+"\n    configs: [{source: cfg, target: /var/lib/haproxy/haproxy.cfg}]",
		end, end+"\nconfigs: {cfg: {content: global}}",
	).Replace(smallest))
	if p.Proxy.Generated {
		t.Error("the user's settings would be overwritten")
	}
}

// A check may have the proxy's image; it has both colours' profiles, and a proxy none.
func TestACheckWithTheProxysImageIsNoProxy(t *testing.T) {
	with := append(also("  smoke: {image: haproxy-smoke, profiles: [blue, green]}\n"), top, top+"x-bluegreen: {checks: [{pair: web, run: smoke}]}\n")
	equal(t, "proxy", mustLoadText(t, strings.NewReplacer(with...).Replace(smallest)).Proxy.Service, "lb")
}
