package compose

import "testing"

func TestTraefikRules(t *testing.T) {
	says := func(keys string, changes []string) []string {
		return append(changes, top, top+"x-bluegreen: {proxy: {service: lb, "+keys+"}}\n")
	}
	reads := func(file string, at ...string) []string {
		target := append(at, "/etc/traefik/traefik.yml")[0]
		return traefik("", `"./`+file+`:`+target+`:ro", "state:/etc/traefik/dynamic"`)
	}
	for _, b := range []broken{
		{"no settings", traefik("", theirVolume), `
compose.yml:4: service "lb": is the proxy and has no settings
  fix: write command: --configFile=/var/lib/traefik/traefik.yml, and mount a named volume at /var/lib/traefik
`},
		{"generated, in TOML", traefik("command: --configFile=/var/lib/traefik/traefik.toml", theirVolume), `
compose.yml:6: service "lb": is to have generated settings in /var/lib/traefik/traefik.toml, but they are YAML
  fix: write command: --configFile=/var/lib/traefik/traefik.yml, and mount a named volume at /var/lib/traefik; or where the file is yours, name the directory that Traefik watches: x-bluegreen: {proxy: {service: lb, settings: own, volume: /etc/traefik/dynamic}}
`},
		{"TOML, which Traefik finds before YAML", traefik("", `"./both:/etc/traefik", `+watchedMount), `
compose.yml:4: service "lb": is the proxy and watches no directory, so it cannot be told which colour is active
  fix: let it watch a directory:
in /etc/traefik/traefik.toml:
  [providers.file]
    directory = "/etc/traefik/dynamic"
  [entryPoints.bluegreen]
    address = "127.0.0.1:61919"
  [api]
on the service:
  volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"own TOML, broken", reads("broken.toml", "/etc/traefik/traefik.toml"), `
compose.yml:8: service "lb": is the proxy and its settings /etc/traefik/traefik.toml are no TOML: toml: expected ']' to close table name
  fix: mend the file
`},
		{"variables, no directory", traefik("environment: {TRAEFIK_ENTRYPOINTS_WEB_ADDRESS: ':80'}", watchedMount), `
compose.yml:4: service "lb": is the proxy and watches no directory, so it cannot be told which colour is active
  fix: let it watch a directory:
in its environment:
  TRAEFIK_PROVIDERS_FILE_DIRECTORY=/etc/traefik/dynamic
  TRAEFIK_ENTRYPOINTS_BLUEGREEN_ADDRESS=127.0.0.1:61919
  TRAEFIK_API=true
on the service:
  volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"generated, though variables say it all", says("settings: generated", traefik(watchesByVariables, watchedMount)), `
compose.yml:5: service "lb": is to have generated settings, but has its own in variables
  fix: write command: --configFile=/var/lib/traefik/traefik.yml, and mount a named volume at /var/lib/traefik
`},
		{"generated, though flags say it all", says("settings: generated", traefik(watchesByCLI, watchedMount)), `
compose.yml:7: service "lb": is to have generated settings, but has its own in flags
  fix: write command: --configFile=/var/lib/traefik/traefik.yml, and mount a named volume at /var/lib/traefik
`},
		{"generated outside a volume", says("settings: generated", traefik(generates, watchedMount)), `
compose.yml:9: service "lb": is to have generated settings, but /var/lib/traefik/traefik.yml does not lie in a volume that can be written
  fix: mount a named volume at /var/lib/traefik
`},
		{"generated, no volume", traefik(generates, ""), `
compose.yml:6: service "lb": is the proxy and its settings /var/lib/traefik/traefik.yml cannot be read here
  fix: mount a named volume at /var/lib/traefik, and they are generated; where the image has them, name the directory that Traefik watches: x-bluegreen: {proxy: {service: lb, settings: own, volume: /etc/traefik/dynamic}}
`},
		{"generated, a volume elsewhere", traefik(generates, watchedMount), `
compose.yml:6: service "lb": is the proxy and its settings /var/lib/traefik/traefik.yml cannot be read here
  fix: mount a named volume at /var/lib/traefik, and they are generated; where the image has them, name the directory that Traefik watches: x-bluegreen: {proxy: {service: lb, settings: own, volume: /etc/traefik/dynamic}}
`},
		{"generated, read-only", traefik(generates, `"state:/var/lib/traefik:ro"`), `
compose.yml:8: service "lb": is the proxy and cannot keep the active colour at /var/lib/traefik: it is mounted read-only
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/traefik"]
`},
		{"generated, an anonymous volume", traefik(generates, `"/var/lib/traefik"`), `
compose.yml:8: service "lb": is the proxy and cannot keep the active colour at /var/lib/traefik: an anonymous volume is lost with its container
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/traefik"]
`},
		{"generated, tmpfs", append(traefik(generates, ""), "volumes: []", `tmpfs: ["/var/lib/traefik"]`), `
compose.yml:4: service "lb": is the proxy and cannot keep the active colour at /var/lib/traefik: a mount of type tmpfs does not outlive its container
  fix: mount a named volume: volumes: ["bluegreen:/var/lib/traefik"]
`},
		{"generated, a path that settings cannot spell", traefik("command: [--configFile=/data/a+b/traefik.yml]", `"state:/data/a+b"`), `
compose.yml:8: service "lb": is the proxy and has /data/a+b/traefik.yml, which its settings cannot spell
  fix: use letters, digits, dots, dashes and underscores in the path
compose.yml:8: service "lb": is the proxy and has /data/a+b/dynamic, which its settings cannot spell
  fix: use letters, digits, dots, dashes and underscores in the path
`},
		{"generated, volume is no mount point", says("volume: /data", traefik(generates, theirVolume)), `
compose.yml:3: service "lb": x-bluegreen.proxy.volume is "/data", where nothing is mounted
  fix: the proxy's mount points are /var/lib/traefik
`},
		{"flags, nothing mounted", traefik(watchesByCLI, ""), `
compose.yml:8: service "lb": is the proxy and watches /etc/traefik/dynamic, where nothing is mounted
  fix: mount a named volume: volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"flags, read-only", traefik(watchesByCLI, `"state:/etc/traefik/dynamic:ro"`), `
compose.yml:8: service "lb": is the proxy and cannot keep the active colour at /etc/traefik/dynamic: it is mounted read-only
  fix: mount a named volume: volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"flags, an anonymous volume", traefik(watchesByCLI, `"/etc/traefik/dynamic"`), `
compose.yml:8: service "lb": is the proxy and cannot keep the active colour at /etc/traefik/dynamic: an anonymous volume is lost with its container
  fix: mount a named volume: volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"flags, a single file as the directory", traefik(watchesByCLI, `"./traefik.yml:/etc/traefik/dynamic"`), `
compose.yml:8: service "lb": is the proxy and cannot keep the active colour at /etc/traefik/dynamic: a mounted single file cannot be replaced in one step, so the proxy would never see a change
  fix: mount a named volume: volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"flags, only a single file of the directory", traefik(watchesByCLI, `"./traefik.yml:/etc/traefik/dynamic/bluegreen.yml"`), `
compose.yml:8: service "lb": is the proxy and watches /etc/traefik/dynamic, where nothing is mounted
  fix: mount a named volume: volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"a single file in place of the tool's", traefik(watchesByCLI, watchedMount+`, "./traefik.yml:/etc/traefik/dynamic/bluegreen.yml"`), `
compose.yml:8: service "lb": is the proxy and has /etc/traefik/dynamic/bluegreen.yml mounted into /etc/traefik/dynamic, where the routing is written
  fix: remove the mount: docker bluegreen writes the routing itself
`},
		{"a volume over the tool's directory", traefik(watchesByCLI, watchedMount+`, "state:/etc/traefik/dynamic/bluegreen"`), `
compose.yml:8: service "lb": is the proxy and has /etc/traefik/dynamic/bluegreen mounted into /etc/traefik/dynamic/bluegreen, where the routing is written
  fix: remove the mount: docker bluegreen writes the routing itself
`},
		{"generated, a directory of the host over the watched one", traefik(generates, theirVolume+`, "./below/dynamic:/var/lib/traefik/dynamic"`), `
compose.yml:8: service "lb": is the proxy and has /var/lib/traefik/dynamic mounted over its volume, where the routing is written
  fix: remove the mount; files of your own can be mounted into the directory one by one
`},
		{"generated, a volume over the watched directory", traefik(generates, theirVolume+`, "state:/var/lib/traefik/dynamic"`), `
compose.yml:8: service "lb": is the proxy and has /var/lib/traefik/dynamic mounted over its volume, where the routing is written
  fix: remove the mount; files of your own can be mounted into the directory one by one
`},
		{"flags, a path that settings cannot spell", traefik("command: [--providers.file.directory=/data/a+b]", `"state:/data"`), `
compose.yml:8: service "lb": is the proxy and has /data/a+b, which its settings cannot spell
  fix: use letters, digits, dots, dashes and underscores in the path
`},
		{"flags, no directory", traefik("command: --entrypoints.web.address=:80", watchedMount), `
compose.yml:6: service "lb": is the proxy and watches no directory, so it cannot be told which colour is active
  fix: let it watch a directory:
in its command:
  --providers.file.directory=/etc/traefik/dynamic
  --entrypoints.bluegreen.address=127.0.0.1:61919
  --api=true
on the service:
  volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"flags, labels", traefik("command: [--providers.docker=true, --entrypoints.web.address=:80]", `"./:/certs:ro"`), `
compose.yml:6: service "lb": is the proxy and routes by labels of containers, which cannot change colour in one step
  fix: let it watch a directory:
in its command:
  --providers.file.directory=/etc/traefik/dynamic
  --entrypoints.bluegreen.address=127.0.0.1:61919
  --api=true
on the service:
  volumes: ["bluegreen:/etc/traefik/dynamic"]
and on each coloured service write x-bluegreen (port, host, path) instead of the traefik labels
`},
		{"flags, a single file", traefik("command: --providers.file.filename=/etc/traefik/routes.yml", watchedMount), `
compose.yml:6: service "lb": is the proxy and takes its routes from the single file /etc/traefik/routes.yml, beside which the tool's has no place
  fix: let it watch a directory:
in its command, in place of providers.file.filename:
  --providers.file.directory=/etc/traefik/dynamic
  --entrypoints.bluegreen.address=127.0.0.1:61919
  --api=true
on the service:
  volumes: ["bluegreen:/etc/traefik/dynamic"]
and move what /etc/traefik/routes.yml holds into a file of that directory
`},
		{"own YAML, no directory", reads("no-directory.yml"), `
compose.yml:4: service "lb": is the proxy and watches no directory, so it cannot be told which colour is active
  fix: let it watch a directory:
in /etc/traefik/traefik.yml:
  providers: {file: {directory: /etc/traefik/dynamic}}
  entryPoints: {bluegreen: {address: "127.0.0.1:61919"}}
  api: {}
on the service:
  volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"own YAML, named by a flag, no directory", traefik("command: --configFile=/conf.yml", `"./no-directory.yml:/conf.yml"`), `
compose.yml:6: service "lb": is the proxy and watches no directory, so it cannot be told which colour is active
  fix: let it watch a directory:
in /conf.yml:
  providers: {file: {directory: /etc/traefik/dynamic}}
  entryPoints: {bluegreen: {address: "127.0.0.1:61919"}}
  api: {}
on the service:
  volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"own YAML, labels", reads("labels.yml"), `
compose.yml:4: service "lb": is the proxy and routes by labels of containers, which cannot change colour in one step
  fix: let it watch a directory:
in /etc/traefik/traefik.yml:
  providers: {file: {directory: /etc/traefik/dynamic}}
  entryPoints: {bluegreen: {address: "127.0.0.1:61919"}}
  api: {}
on the service:
  volumes: ["bluegreen:/etc/traefik/dynamic"]
and on each coloured service write x-bluegreen (port, host, path) instead of the traefik labels
`},
		{"own YAML, a single file", reads("one-file.yml"), `
compose.yml:4: service "lb": is the proxy and takes its routes from the single file /etc/traefik/routes.yml, beside which the tool's has no place
  fix: let it watch a directory:
in /etc/traefik/traefik.yml, in place of providers.file.filename:
  providers: {file: {directory: /etc/traefik/dynamic}}
  entryPoints: {bluegreen: {address: "127.0.0.1:61919"}}
  api: {}
on the service:
  volumes: ["bluegreen:/etc/traefik/dynamic"]
and move what /etc/traefik/routes.yml holds into a file of that directory
`},
		{"own YAML, broken", reads("broken.yml"), `
compose.yml:8: service "lb": is the proxy and its settings /etc/traefik/traefik.yml are no YAML: go-yaml load error in parser (while parsing a flow node) at L2.C1: did not find expected node content
  fix: mend the file
`},
		{"own YAML, nothing mounted where it watches", traefik("", ownMount), `
compose.yml:8: service "lb": is the proxy and watches /etc/traefik/dynamic, where nothing is mounted
  fix: mount a named volume: volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"own in a volume, the directory is not said", says("settings: own", traefik(generates, theirVolume)), `
compose.yml:7: service "lb": is the proxy and its settings /var/lib/traefik/traefik.yml cannot be read here
  fix: name the directory that Traefik watches: x-bluegreen: {proxy: {service: lb, settings: own, volume: /etc/traefik/dynamic}}
`},
		{"own in a volume, nothing mounted where it says", says("settings: own, volume: /etc/traefik/dynamic", traefik(generates, theirVolume)), `
compose.yml:9: service "lb": is the proxy and watches /etc/traefik/dynamic, where nothing is mounted
  fix: mount a named volume: volumes: ["bluegreen:/etc/traefik/dynamic"]
`},
		{"two replicas", append(traefik(generates, theirVolume), "image: traefik:v3.6", "image: traefik:v3.6\n    scale: 2"), `
compose.yml:4: service "lb": is the proxy and has 2 replicas, but one proxy owns the state
  fix: remove its replicas
`},
	} {
		b.checkBeside(t, besides())
	}
}
