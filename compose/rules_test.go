package compose

import (
	"fmt"
	"strings"
	"testing"
)

// A broken is the smallest project with one rule broken.
type broken struct {
	name string
	// change replaces texts of the file: old, new, old, new.
	change []string
	// want is all that is said, in full: a rule that is taken out, or a
	// second message that comes with it, fails the test.
	want string
}

func (b broken) check(t *testing.T) { b.checkBeside(t, nil) }

// checkBeside does so in a directory with other files.
func (b broken) checkBeside(t *testing.T, files map[string]string) {
	t.Run(b.name, func(t *testing.T) {
		text := smallest
		for i := 0; i < len(b.change); i += 2 {
			if !strings.Contains(text, b.change[i]) {
				t.Fatalf("the smallest project has no %q", b.change[i])
			}
			text = strings.Replace(text, b.change[i], b.change[i+1], 1)
		}
		_, err := loadBeside(t, text, files)
		if err == nil {
			t.Fatal("no error")
		}
		if got, want := strings.TrimSpace(explain(err)), strings.TrimSpace(b.want); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	})
}

// The texts of the smallest project that are changed.
const (
	top       = "name: shop\n"
	haproxy   = "image: haproxy:3.2"
	readsFile = "command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg"
	publishes = `ports: ["8080:80"]`
	mounted   = `volumes: ["state:/var/lib/haproxy"]`
	blueIs    = "profiles: [blue]"
	greenIs   = "profiles: [green]"
	greenHas  = "profiles: [green]\n    x-bluegreen: {port: 8080"
	end       = "volumes: {state: {}}"
)

// also is a change that adds services.
func also(services string) []string {
	return []string{end, services + "\n" + end}
}

func TestTwinRules(t *testing.T) {
	begin := strings.Index(smallest, "  web-blue")
	middle := strings.Index(smallest, "  web-green")
	webBlue, webGreen := smallest[begin:middle], smallest[middle:strings.Index(smallest, end)]
	for _, b := range []broken{
		{"no twin", []string{webGreen, ""}, `
compose.yml:9: service "web-blue": has no twin in green
  fix: add web-green with profiles: [green]
`},
		{"the twin lacks its profile", []string{greenIs, ""}, `
compose.yml:9: service "web-blue": has no twin in green
  fix: give web-green profiles: [green]
`},
		{"named for the other colour", []string{greenIs, blueIs}, `
compose.yml:15: service "web-green": is named for green but has the profile blue
  fix: write profiles: [green]
`},
		{"no colour in the name", []string{"  web-green:", "  shop:"}, `
compose.yml:15: service "shop": has the profile green, but its name does not say of which pair
  fix: rename it to shop-green, or give it and its twin the same x-bluegreen.pair
compose.yml:9: service "web-blue": has no twin in green
  fix: add web-green with profiles: [green]
`},
		{"no colour in the name but a pair", []string{webGreen, "", "  web-blue:", "  shop:", "port: 8080", "port: 8080, pair: web"}, `
compose.yml:9: service "shop": has no twin in green
  fix: add a service with profiles: [green] and x-bluegreen.pair: web
`},
		{"another pair", []string{greenHas, greenHas + ", pair: shop"}, `
compose.yml:13: service "web-green": has no twin in blue
  fix: give web-blue the same x-bluegreen.pair
`},
		{"a pair twice", also("  web_blue: {image: w, profiles: [blue], x-bluegreen: {port: 1}}"), `
compose.yml:17: service "web_blue": is the second blue service of the pair "web", beside web-blue
  fix: give one of the two pairs a name of its own: x-bluegreen.pair
`},
		{"both profiles", []string{greenIs, "profiles: [green, blue]"}, `
compose.yml:15: service "web-green": has both profiles, blue and green, which only a job may: no service waits for it to complete
  fix: write profiles: [green]
`},
		{"both profiles without a colour in the name", also("  worker: {image: w, profiles: [green, blue]}"), `
compose.yml:17: service "worker": has both profiles, blue and green, which only a job may: no service waits for it to complete
  fix: write it as two services, worker-blue and worker-green, or share it: without either profile
`},
		{"no pair", []string{webBlue, "", webGreen, ""}, `
compose.yml:3: has no pair: no service has the profile blue or green
  fix: write a service twice, as NAME-blue with profiles: [blue] and NAME-green with profiles: [green]
`},
		{"differ in port", []string{greenHas, strings.Replace(greenHas, "8080", "8081", 1)}, `
compose.yml:16: service "web-green": differs from web-blue in x-bluegreen.port: 8081 against 8080
  fix: write x-bluegreen once, in an anchor that both services use
`},
		{"differ in health", []string{greenHas, greenHas + ", health: /up"}, `
compose.yml:16: service "web-green": differs from web-blue in x-bluegreen.health: /up against nothing
  fix: write x-bluegreen once, in an anchor that both services use
`},
		{"differ in host", []string{greenHas, greenHas + ", host: shop.test"}, `
compose.yml:16: service "web-green": differs from web-blue in x-bluegreen.host: shop.test against nothing
  fix: write x-bluegreen once, in an anchor that both services use
`},
		{"differ in path", []string{greenHas, greenHas + ", path: /api"}, `
compose.yml:16: service "web-green": differs from web-blue in x-bluegreen.path: /api against nothing
  fix: write x-bluegreen once, in an anchor that both services use
`},
		{"differ in mode", []string{greenHas, greenHas + ", mode: tcp"}, `
compose.yml:16: service "web-green": differs from web-blue in x-bluegreen.mode: tcp against nothing
  fix: write x-bluegreen once, in an anchor that both services use
`},
		{"differ in listen", []string{greenHas, greenHas + ", listen: 81"}, `
compose.yml:16: service "web-green": differs from web-blue in x-bluegreen.listen: 81 against nothing
  fix: write x-bluegreen once, in an anchor that both services use
`},
	} {
		b.check(t)
	}
}

func TestColouredServiceRules(t *testing.T) {
	green := func(line string) []string { return []string{greenIs, greenIs + "\n    " + line} }
	for _, b := range []broken{
		{"container_name", green("container_name: shop"), `
compose.yml:16: service "web-green": has a container_name, but a colour's containers must be free to run beside each other
  fix: remove container_name
`},
		{"container_name with replicas, which Compose refuses too", green("container_name: shop\n    scale: 2"), `
compose.yml:16: service "web-green": has a container_name, but a colour's containers must be free to run beside each other
  fix: remove container_name
`},
		{"ports", green("ports: ['81:8080']"), `
compose.yml:16: service "web-green": publishes ports, which lead past the proxy to one colour
  fix: remove ports: the proxy publishes for it, and reaches it without
`},
		{"network_mode host", green("network_mode: host"), `
compose.yml:16: service "web-green": has network_mode host, where the proxy cannot find it by its name
  fix: remove network_mode, and use networks
`},
		{"network_mode none", green("network_mode: none"), `
compose.yml:16: service "web-green": has network_mode none, where the proxy cannot find it by its name
  fix: remove network_mode, and use networks
`},
		{"network_mode service", green("network_mode: service:lb"), `
compose.yml:16: service "web-green": has network_mode service:lb, where the proxy cannot find it by its name
  fix: remove network_mode, and use networks
`},
		{"a fixed address", green("networks: {default: {ipv4_address: 10.0.0.9}}"), `
compose.yml:16: service "web-green": has a fixed address in network default, which only one container can have
  fix: remove the address
`},
		{"no replicas", green("deploy: {replicas: 0}"), `
compose.yml:16: service "web-green": has no replicas, so that nothing would answer after a switch
  fix: write deploy.replicas: 1 or more
`},
		{"no port", []string{"x-bluegreen: {port: 8080}", "", "x-bluegreen: {port: 8080}", ""}, `
compose.yml:9: service "web-blue": does not say at which port it listens
  fix: write x-bluegreen: {port: 8080}; one that takes no traffic is a worker, x-bluegreen: {worker: handoff}, or shared, without a colour's profile
`},
		{"no common network", append(green("networks: [inside]"), end, end+"\nnetworks: {inside: {}}"), `
compose.yml:16: service "web-green": shares no network with the proxy lb
  fix: put both into one network; the proxy is in default
`},
	} {
		b.check(t)
	}
}

func TestDependencyRules(t *testing.T) {
	for _, b := range []broken{
		{"shared on coloured", also("  worker: {image: w, depends_on: [web-blue]}"), `
compose.yml:17: service "worker": is shared by both colours and depends on web-blue, which comes and goes with its colour
  fix: remove depends_on web-blue, or give the service a colour too
`},
		{"shared on coloured by a link", also("  worker: {image: w, links: [web-blue]}"), `
compose.yml:17: service "worker": is shared by both colours and depends on web-blue, which comes and goes with its colour
  fix: remove depends_on web-blue, or give the service a colour too
`},
		{"proxy on coloured", []string{haproxy, haproxy + "\n    depends_on: [web-blue, web-green]"}, `
compose.yml:6: service "lb": is the proxy and depends on web-blue, which comes and goes with its colour
  fix: remove depends_on web-blue: the proxy finds its servers when they are there
compose.yml:6: service "lb": is the proxy and depends on web-green, which comes and goes with its colour
  fix: remove depends_on web-green: the proxy finds its servers when they are there
`},
		{"blue on green", []string{blueIs, blueIs + "\n    depends_on: [web-green]"}, `
compose.yml:12: service "web-blue": is blue and depends on web-green, which is green
  fix: depend on the service of the same colour
`},
		{"on an inactive profile", append(also("  debug: {image: d, profiles: [debug]}"), greenIs, greenIs+"\n    depends_on: [debug]"), `
compose.yml:16: service "web-green": depends on debug, whose profile is not active: debug
  fix: remove the profile, activate it (COMPOSE_PROFILES=debug), or write required: false
`},
		{"on nothing", []string{greenIs, greenIs + "\n    depends_on: [nothing]"}, `
compose.yml:13: service "web-green": depends on undefined service "nothing"
  fix: plain Compose refuses it too: edit the file until it passes docker compose config
`},
	} {
		b.check(t)
	}
}

func TestJobRules(t *testing.T) {
	waits := func(job string) []string {
		return []string{greenIs, greenIs + fmt.Sprintf("\n    depends_on: {%s: {condition: service_completed_successfully}}", job)}
	}
	for _, b := range []broken{
		{"a job of one colour", append(waits("migrate-green"), also("  migrate-green: {image: m, profiles: [green]}")...), `
compose.yml:18: service "migrate-green": has no twin in blue
  fix: add migrate-blue with profiles: [blue], or run the job in both colours, with profiles: [blue, green]
`},
		{"its twin is no job", append(waits("migrate-green"), also("  migrate-green: {image: m, profiles: [green]}\n"+
			"  migrate-blue: {image: m, profiles: [blue], x-bluegreen: {port: 1}}")...), `
compose.yml:19: service "migrate-blue": is the twin of the job migrate-green, but no blue service waits for it to complete
  fix: depend on it as in the other colour, with condition: service_completed_successfully
`},
		{"a job of both on one colour", append(waits("migrate"), also("  migrate: {image: m, profiles: [blue, green], depends_on: [cache-blue]}\n"+
			"  cache-blue: {image: c, profiles: [blue], x-bluegreen: {port: 1, path: /c}}\n"+
			"  cache-green: {image: c, profiles: [green], x-bluegreen: {port: 1, path: /c}}")...), `
compose.yml:18: service "migrate": is green and depends on cache-blue, which is blue
  fix: depend on the service of the same colour
`},
	} {
		b.check(t)
	}
}

func TestProxyRules(t *testing.T) {
	says := func(proxy string) []string { return []string{top, top + "x-bluegreen: {proxy: " + proxy + "}\n"} }
	for _, b := range []broken{
		{"no proxy", []string{haproxy, "image: nginx"}, `
compose.yml:3: has no proxy: no service's image is HAProxy or Traefik
  fix: add a service with an haproxy or traefik image, or name yours at the top level: x-bluegreen: {proxy: SERVICE}
`},
		{"two proxies", also("  metrics: {image: prom/haproxy-exporter}"), `
compose.yml:3: has several services that could be the proxy: lb and metrics
  fix: name it at the top level: x-bluegreen: {proxy: lb}
`},
		{"an unknown proxy", says("lbb"), `
compose.yml:3: x-bluegreen.proxy names "lbb", which is not a service
  fix: did you mean "lb"?
`},
		{"its profile is not active", []string{haproxy, haproxy + "\n    profiles: [edge]"}, `
compose.yml:6: service "lb": is the proxy, but its profile is not active: edge
  fix: remove its profiles
`},
		{"named, its profile is not active", append(says("lb"), haproxy, haproxy+"\n    profiles: [edge]"), `
compose.yml:7: service "lb": is the proxy, but its profile is not active: edge
  fix: remove its profiles
`},
		{"a colour's profile", []string{haproxy, haproxy + "\n    profiles: [blue]"}, `
compose.yml:6: service "lb": is the proxy and has a colour's profile, but it serves both colours
  fix: remove its profiles
`},
		{"Traefik with HAProxy's command", []string{haproxy, "image: traefik:3"}, `
compose.yml:6: service "lb": is the proxy and has no settings
  fix: write command: --configFile=/var/lib/traefik/traefik.yml, and mount a named volume at /var/lib/traefik
`},
		{"HAProxy, named Traefik", says("{service: lb, kind: traefik}"), `
compose.yml:7: service "lb": is the proxy and has no settings
  fix: write command: --configFile=/var/lib/traefik/traefik.yml, and mount a named volume at /var/lib/traefik
`},
		{"of unknown kind", append(says("lb"), haproxy, "image: registry.test/haproxy/edge:1"), `
compose.yml:6: service "lb": is the proxy, but its image does not tell the kind
  fix: write it at the top level: x-bluegreen: {proxy: {service: lb, kind: haproxy}} (or traefik)
`},
		{"two replicas", []string{haproxy, haproxy + "\n    scale: 2"}, `
compose.yml:4: service "lb": is the proxy and has 2 replicas, but one proxy owns the state
  fix: remove its replicas
`},
		{"network_mode host", []string{haproxy, haproxy + "\n    network_mode: host"}, `
compose.yml:6: service "lb": is the proxy and has network_mode host, where service names cannot be resolved
  fix: remove network_mode, and use networks and ports
`},
	} {
		b.check(t)
	}
}

func TestStateRules(t *testing.T) {
	mounts := func(list string) []string { return []string{mounted, "volumes: [" + list + "]"} }
	reads := func(file string) []string { return []string{readsFile, "command: haproxy -f " + file} }
	says := func(key string) []string {
		return []string{top, top + "x-bluegreen: {proxy: {service: lb, " + key + "}}\n"}
	}
	for _, b := range []broken{
		{"no volume", []string{mounted, ""}, `
compose.yml:4: service "lb": is the proxy and has no volume to keep the active colour
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/haproxy"]
`},
		{"only a foreign mount", mounts(`"./:/certs:ro"`), `
compose.yml:4: service "lb": is the proxy and has no volume to keep the active colour
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/haproxy"]
`},
		{"an anonymous volume", mounts(`"/var/lib/haproxy"`), `
compose.yml:8: service "lb": is the proxy and cannot keep the active colour at /var/lib/haproxy: an anonymous volume is lost with its container
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/haproxy"]
`},
		{"tmpfs", []string{mounted, `tmpfs: ["/var/lib/haproxy:mode=1777"]`}, `
compose.yml:4: service "lb": is the proxy and cannot keep the active colour at /var/lib/haproxy: a mount of type tmpfs does not outlive its container
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/haproxy"]
`},
		{"a read-only volume", mounts(`"state:/var/lib/haproxy:ro"`), `
compose.yml:8: service "lb": is the proxy and cannot keep the active colour at /var/lib/haproxy: it is mounted read-only
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/haproxy"]
`},
		{"a single file is the only mount", mounts(`"./compose.yml:/var/lib/haproxy/haproxy.cfg"`), `
compose.yml:8: service "lb": is the proxy and cannot keep the active colour at /var/lib/haproxy/haproxy.cfg: a mounted single file cannot be replaced in one step, so the proxy would never see a change
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/haproxy"]
`},
		{"two volumes", mounts(`"state:/a", "state:/b"`), `
compose.yml:8: service "lb": is the proxy and has several volumes that could keep the active colour: /a and /b
  fix: name one at the top level: x-bluegreen: {proxy: {service: lb, volume: /a}}
`},
		{"a single-file bind mount as routing file", mounts(`"state:/var/lib/haproxy", "./compose.yml:/var/lib/haproxy/bluegreen/active.map"`), `
compose.yml:8: service "lb": is the proxy and has /var/lib/haproxy/bluegreen/active.map mounted into /var/lib/haproxy/bluegreen, where the routing is written
  fix: remove the mount: docker bluegreen writes the routing itself
`},
		{"the settings are a directory", reads("/var/lib/haproxy/"), `
compose.yml:6: service "lb": is the proxy and reads -f /var/lib/haproxy/, which is not the absolute path of a file
  fix: write haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
`},
		{"the settings are the volume", reads("/var/lib/haproxy"), `
compose.yml:6: service "lb": is the proxy and reads -f /var/lib/haproxy, which is not the absolute path of a file
  fix: write haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
`},
		{"the settings have a relative path", reads("haproxy.cfg"), `
compose.yml:6: service "lb": is the proxy and reads -f haproxy.cfg, which is not the absolute path of a file
  fix: write haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
`},
		{"a mount point that settings cannot spell", mounts(`"state:/var/lib/ha proxy"`), `
compose.yml:8: service "lb": is the proxy and mounts a volume at /var/lib/ha proxy, which its settings cannot spell
  fix: use letters, digits, dots, dashes and underscores in the path
`},
		{"volume is no mount point", says("volume: /var/lib"), `
compose.yml:3: service "lb": x-bluegreen.proxy.volume is "/var/lib", where nothing is mounted
  fix: the proxy's mount points are /var/lib/haproxy
`},
		{"volume without any mount", append(says("volume: /var/lib"), mounted, ""), `
compose.yml:3: service "lb": x-bluegreen.proxy.volume is "/var/lib", where nothing is mounted
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/haproxy"]
`},
		{"volume is a single file", append(says("volume: /state"), mounts("./compose.yml:/state")...), `
compose.yml:9: service "lb": is the proxy and cannot keep the active colour at /state: a mounted single file cannot be replaced in one step, so the proxy would never see a change
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/haproxy"]
`},
		{"generated outside a volume", append(says("settings: generated"), readsFile, ""), `
compose.yml:9: service "lb": is to have generated settings, but /usr/local/etc/haproxy/haproxy.cfg does not lie in a volume that can be written
  fix: mount a named volume at /usr/local/etc/haproxy
`},
	} {
		b.check(t)
	}
}

func TestRouteRules(t *testing.T) {
	api := func(settings string) []string {
		return also(strings.ReplaceAll("  api-blue: {image: a, profiles: [blue], x-bluegreen: {port: 80, %}}\n"+
			"  api-green: {image: a, profiles: [green], x-bluegreen: {port: 80, %}}", "%", settings))
	}
	for _, b := range []broken{
		{"two ports, none chosen", []string{publishes, `ports: ["8080:80", "8443:443"]`}, `
compose.yml:9: service "web-blue": does not say at which port of the proxy its traffic arrives: lb publishes 80 and 443
  fix: write x-bluegreen.listen, here or in the defaults at the top level
`},
		{"two exposed ports, none chosen", []string{publishes, "expose: ['80', '81']"}, `
compose.yml:9: service "web-blue": does not say at which port of the proxy its traffic arrives: lb publishes 80 and 81
  fix: write x-bluegreen.listen, here or in the defaults at the top level
`},
		{"all other requests twice", api(""), `
compose.yml:12: service "web-blue": takes the same requests as the pair "api": all on listener 80 that no other route takes
  fix: tell them apart by x-bluegreen.host, path or listen
`},
		{"the same host and path", append(api("host: Shop.test, path: /a/"), also(strings.ReplaceAll(
			"  www-blue: {image: a, profiles: [blue], %}\n  www-green: {image: a, profiles: [green], %}", "%", "x-bluegreen: {port: 1, host: shop.test, path: /a}"))...), `
compose.yml:19: service "www-blue": takes the same requests as the pair "api": shop.test/a on listener 80
  fix: tell them apart by x-bluegreen.host, path or listen
`},
		{"tcp beside http", api("mode: tcp"), `
compose.yml:12: service "web-blue": shares listener 80 with the pair "api", but a tcp route needs one of its own
  fix: write another x-bluegreen.listen, and publish that port of the proxy
`},
		{"tcp with host", api("mode: tcp, listen: 81, host: a.test"), `
compose.yml:17: service "api-blue": is a tcp route, which has neither host nor path nor preview
  fix: remove host, path and preview, or write mode: http
`},
		{"tcp with path", api("mode: tcp, listen: 81, path: /a"), `
compose.yml:17: service "api-blue": is a tcp route, which has neither host nor path nor preview
  fix: remove host, path and preview, or write mode: http
`},
	} {
		b.check(t)
	}
}
