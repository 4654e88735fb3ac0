package compose

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// ownYAML is a user's own settings that watch a directory.
const ownYAML = `
api: {}
entryPoints: {web: {address: ":80"}, bluegreen: {address: "127.0.0.1:61919"}}
providers: {file: {directory: /etc/traefik/dynamic}}
`

// ownTOML is the same in TOML.
const ownTOML = `
[api]
[entryPoints]
  web = {address = ":80"}
  bluegreen = {address = "127.0.0.1:61919"}
[providers.file]
  directory = "/etc/traefik/dynamic"
`

// besides are the files beside the Compose file of a project with Traefik.
func besides() map[string]string {
	return map[string]string{
		"traefik.yml":              ownYAML,
		"conf/traefik.yml":         ownYAML,
		"yaml/traefik.yaml":        ownYAML,
		"both/traefik.toml":        "[api]",
		"both/traefik.yml":         ownYAML,
		"broken.toml":              "[api",
		"traefik.toml":             ownTOML,
		"traefik.env":              "TRAEFIK_API=true\n",
		"no-directory.yml":         "entryPoints: {web: {address: ':80'}}",
		"labels.yml":               "providers: {docker: {}}",
		"one-file.yml":             "providers: {file: {filename: /etc/traefik/routes.yml}}",
		"broken.yml":               "providers: [",
		"below/dynamic/routes.yml": "http: {}",
	}
}

// traefik changes the smallest project to one behind Traefik.
func traefik(command, volumes string) []string {
	return []string{haproxy, "image: traefik:v3.6", readsFile, command, mounted, "volumes: [" + volumes + "]"}
}

const (
	generates    = "command: --configFile=/var/lib/traefik/traefik.yml"
	theirVolume  = `"state:/var/lib/traefik"`
	watchesByCLI = "command: [--api, --providers.file.directory=/etc/traefik/dynamic, --entrypoints.web.address=:80]"
	// Whichever file and key they stand in.
	watchesByVariables = "env_file: traefik.env\n    environment: {TRAEFIK_PROVIDERS_FILE_DIRECTORY: /etc/traefik/dynamic, " +
		"TRAEFIK_ENTRYPOINTS_WEB_ADDRESS: ':80'}"
	watchedMount = `"state:/etc/traefik/dynamic"`
	ownMount     = `"./traefik.yml:/etc/traefik/traefik.yml:ro"`
)

func TestTraefikFiles(t *testing.T) {
	inVolume := Proxy{
		Volume: "/var/lib/traefik", Settings: "/var/lib/traefik/traefik.yml", Generated: true, Watched: "/var/lib/traefik/dynamic", Listen: []int{80},
	}
	static := staticconfig.Config{
		EntryPoints: map[string]staticconfig.EntryPoint{"web": {Address: ":80"}},
		Directory:   "/etc/traefik/dynamic", Watched: true, API: true,
	}
	relative := static
	relative.Directory = "dynamic"
	inFlags := Proxy{Volume: "/etc/traefik/dynamic", Watched: "/etc/traefik/dynamic", Static: &static}
	own := Proxy{Volume: "/etc/traefik/dynamic", Settings: "/etc/traefik/traefik.yml", Watched: "/etc/traefik/dynamic"}
	changed := func(p Proxy, change func(*Proxy)) Proxy {
		change(&p)
		return p
	}
	for _, c := range []struct {
		name, command, volumes, says string
		want                         Proxy
	}{
		{"generated into the volume", generates, theirVolume, "", inVolume},
		{"a list, the value apart", "command: [traefik, --configfile, /var/lib/traefik/traefik.yml]", theirVolume, "", inVolume},
		{"an entrypoint", "entrypoint: [traefik, --configFile=/var/lib/traefik/traefik.yml]", theirVolume, "", inVolume},
		{"a shell", `command: sh -c "exec traefik --configFile='/var/lib/traefik/traefik.yml'"`, theirVolume, "", inVolume},
		{"a relative path in a working directory", "command: --configFile=traefik.yml\n    working_dir: /var/lib/traefik", theirVolume, "", inVolume},
		{"an absolute path in spite of a working directory", generates + "\n    working_dir: /srv", theirVolume, "", inVolume},
		{"other flags do not count beside a file", generates + " --providers.docker=true", theirVolume, "", inVolume},
		{"certificates beside the volume", generates, `"certs:/certs", ` + theirVolume, "", inVolume},
		{
			"a named mount point", generates, `"certs:/certs", ` + theirVolume, "volume: /certs",
			changed(inVolume, func(p *Proxy) { p.Volume, p.Watched = "/certs", "/certs/dynamic" }),
		},
		{
			"a directory of the host, by request", "command: --configFile=/conf/new.yml", `"./conf:/conf"`, "settings: generated",
			Proxy{Volume: "/conf", Settings: "/conf/new.yml", Generated: true, Watched: "/conf/dynamic", Listen: []int{80}},
		},
		{"flags", watchesByCLI, watchedMount, "", inFlags},
		{
			"variables", watchesByVariables, watchedMount, "",
			changed(inFlags, func(p *Proxy) { p.Variables = true }),
		},
		{"flags go before variables, as Traefik has it", watchesByCLI + "\n    environment: [TRAEFIK_PROVIDERS_FILE_DIRECTORY=/elsewhere]", watchedMount, "", inFlags},
		{
			"own TOML", "", `"./traefik.toml:/etc/traefik/traefik.toml:ro", ` + watchedMount, "",
			changed(own, func(p *Proxy) { p.Settings = "/etc/traefik/traefik.toml" }),
		},
		{
			"own TOML goes before YAML, as Traefik has it", "", `"./traefik.toml:/etc/traefik/traefik.toml:ro", "./broken.yml:/etc/traefik/traefik.yml:ro", ` + watchedMount, "",
			changed(own, func(p *Proxy) { p.Settings = "/etc/traefik/traefik.toml" }),
		},
		{
			"flags, the directory inside a larger volume", watchesByCLI, `"state:/etc/traefik"`, "",
			changed(inFlags, func(p *Proxy) { p.Volume = "/etc/traefik" }),
		},
		{
			"flags, a relative directory", strings.Replace(watchesByCLI, "/etc/traefik/", "", 1) + "\n    working_dir: /etc/traefik", watchedMount, "",
			changed(inFlags, func(p *Proxy) { p.Static = &relative }),
		},
		{"flags, a directory of the host", watchesByCLI, `"./below/dynamic:/etc/traefik/dynamic"`, "", inFlags},
		{"own YAML at Traefik's own path", "", ownMount + ", " + watchedMount, "", own},
		{"own YAML goes before flags, as Traefik has it", watchesByCLI, ownMount + ", " + watchedMount, "", own},
		{"own YAML in a mounted directory", "", `"./conf:/etc/traefik:ro", ` + watchedMount, "", own},
		{
			"own YAML of the longer ending", "", `"./yaml:/etc/traefik:ro", ` + watchedMount, "",
			changed(own, func(p *Proxy) { p.Settings = "/etc/traefik/traefik.yaml" }),
		},
		{
			"own YAML at another path", "command: --configFile=/conf/traefik.yml", `"./conf:/conf:ro", ` + watchedMount, "",
			changed(own, func(p *Proxy) { p.Settings = "/conf/traefik.yml" }),
		},
		{
			"own in a volume, which names the directory", generates, theirVolume, "settings: own, volume: /var/lib/traefik/routes/",
			Proxy{Volume: "/var/lib/traefik", Settings: "/var/lib/traefik/traefik.yml", Watched: "/var/lib/traefik/routes"},
		},
		{
			"own in the image", "command: --configFile=/conf/traefik.yml", watchedMount, "settings: own, volume: /etc/traefik/dynamic",
			changed(own, func(p *Proxy) { p.Settings = "/conf/traefik.yml" }),
		},
		{"routes of the user's own beside the tool's", watchesByCLI, watchedMount + `, "./traefik.yml:/etc/traefik/dynamic/tls.yml:ro"`, "", inFlags},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want.Service, c.want.Kind = "lb", Traefik
			changes := append(traefik(c.command, c.volumes), top, top+"x-bluegreen: {proxy: {service: lb, "+c.says+"}}\n", end, "volumes: {state: {}, certs: {}}")
			p, err := loadBeside(t, strings.NewReplacer(changes...).Replace(smallest), besides())
			if err != nil {
				t.Fatal(explain(err))
			}
			equal(t, "proxy", written(t, p.Proxy), written(t, c.want))
		})
	}
}

// written is a value with what its pointers lead to.
func written(t *testing.T, value any) string {
	t.Helper()
	all, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// What `configs` lays over the settings cannot be read before it runs.
func TestTraefikSettingsFromConfigs(t *testing.T) {
	changes := append(traefik(generates, theirVolume), top, top+"x-bluegreen: {proxy: {service: lb, volume: /var/lib/traefik/dynamic}}\n",
		publishes, publishes+"\n    configs: [{source: static, target: /var/lib/traefik/traefik.yml}]",
		end, end+"\nconfigs: {static: {content: 'api: {}'}}")
	p := mustLoadText(t, strings.NewReplacer(changes...).Replace(smallest))
	equal(t, "proxy", fmt.Sprintf("%+v", p.Proxy), fmt.Sprintf("%+v", Proxy{
		Service: "lb", Kind: Traefik, Volume: "/var/lib/traefik", Settings: "/var/lib/traefik/traefik.yml", Watched: "/var/lib/traefik/dynamic",
	}))
}

// The active colour stands in the watched directory, whatever else is named.
func TestAVolumeBesideTheWatchedDirectoryHasNoEffect(t *testing.T) {
	for volume, want := range map[string]string{
		"/etc/traefik/dynamic": "", "/etc/traefik/dynamic/": "",
		"/certs": `service "lb": x-bluegreen.proxy.volume is /certs and has no effect: ` +
			"the active colour is kept at /etc/traefik/dynamic, in the directory that Traefik watches",
	} {
		changes := append(traefik(watchesByCLI, `"certs:/certs", `+watchedMount), top,
			top+"x-bluegreen: {proxy: {service: lb, volume: "+volume+"}}\n", end, "volumes: {state: {}, certs: {}}")
		p := mustLoadText(t, strings.NewReplacer(changes...).Replace(smallest))
		equal(t, "proxy.volume", p.Proxy.Volume, "/etc/traefik/dynamic")
		equal(t, "remarks", strings.Join(p.Remarks, " "), want)
	}
}
