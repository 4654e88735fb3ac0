package swarm

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// complaints are the broken rules of an error, each with its fix.
func complaints(t *testing.T, err error) string {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	assert.Assert(t, ok, "not joined: %v", err)
	var text strings.Builder
	for _, e := range joined.Unwrap() {
		var invalid *compose.InvalidError
		assert.Assert(t, errors.As(e, &invalid), "not the type of a broken rule: %v", e)
		fmt.Fprintf(&text, "%v\n  fix: %s\n", e, invalid.Hint())
	}
	return text.String()
}

func (f file) refused(t *testing.T) string {
	t.Helper()
	_, err := Map(f.load(t))
	assert.Assert(t, err != nil, "not refused:\n%s", f.text())
	return complaints(t, err)
}

func TestRefusesWhatASwarmWouldLeaveOut(t *testing.T) {
	const (
		byLimits = "write deploy.resources.limits.cpus instead, or remove it"
		offered  = "write deploy.resources.reservations.generic_resources, and have the nodes offer them"
		whole    = "remove it: tasks share nothing with one machine or container"
		reserve  = "write deploy.resources.reservations.memory, or remove it"
	)
	seen := map[string]bool{}
	for _, c := range []struct{ key, lines, fix string }{
		{"annotations", `annotations: {a: b}`, "write labels instead"},
		{"blkio_config", `blkio_config: {weight: 300}`, "remove it"},
		{"cgroup", `cgroup: host`, "remove it"},
		{"cgroup_parent", `cgroup_parent: m`, "remove it"},
		{"cpu_count", `cpu_count: 2`, byLimits},
		{"cpu_percent", `cpu_percent: 20`, byLimits},
		{"cpu_period", `cpu_period: 100000`, byLimits},
		{"cpu_quota", `cpu_quota: 50000`, byLimits},
		{"cpu_rt_period", `cpu_rt_period: 1400`, byLimits},
		{"cpu_rt_runtime", `cpu_rt_runtime: 400`, byLimits},
		{"cpu_shares", `cpu_shares: 73`, byLimits},
		{"cpuset", `cpuset: "0,1"`, byLimits},
		{"credential_spec", `credential_spec: {file: a.json}`, "remove it"},
		{"deploy.resources.reservations.devices", `deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}`, offered},
		{"device_cgroup_rules", `device_cgroup_rules: ["c 1:3 mr"]`, "remove it"},
		{"devices", `devices: [/dev/ttyUSB0]`, offered},
		{"domainname", `domainname: a.test`, "write the whole name as hostname"},
		{"external_links", `external_links: [redis]`, "put both into one network, and use the service's name"},
		{"gpus", `gpus: all`, offered},
		{"ipc", `ipc: host`, whole},
		{"mac_address", `mac_address: "02:42:ac:11:65:43"`, "remove it"},
		{"mem_swappiness", `mem_swappiness: 10`, "remove it"},
		{"memswap_limit", `memswap_limit: 1g`, "remove it"},
		{"oom_kill_disable", `oom_kill_disable: true`, reserve},
		{"oom_score_adj", `oom_score_adj: -500`, reserve},
		{"pid", `pid: host`, whole},
		{"post_start", `post_start: [{command: ./warm}]`, "run it from the image's entrypoint, or as a hook of x-bluegreen"},
		{"pre_start", `pre_start: [{command: ./warm}]`, "run it from the image's entrypoint, or as a job of the colours"},
		{"pre_stop", `pre_stop: [{command: ./stop}]`, "have the process do it on its stop_signal"},
		{"privileged", `privileged: true`, "remove it, and write what it needs as cap_add"},
		{"provider", `provider: {type: cloud}`, "write a service with an image"},
		{"runtime", `runtime: runsc`, "make it the default runtime of the nodes, and choose those by deploy.placement.constraints"},
		{"security_opt", `security_opt: ["no-new-privileges:true"]`, "remove it; cap_add, cap_drop, read_only and user are possible"},
		{"shm_size", `shm_size: 64m`, "mount a tmpfs at /dev/shm: volumes: [{type: tmpfs, target: /dev/shm, tmpfs: {size: 64m}}]"},
		{"storage_opt", `storage_opt: {size: 1G}`, "remove it"},
		{"umask", `umask: "0022"`, "set it in the image's entrypoint"},
		{"use_api_socket", `use_api_socket: true`, "mount /var/run/docker.sock"},
		{"userns_mode", `userns_mode: host`, "remove it"},
		{"uts", `uts: host`, whole},
		{"cpus", `cpus: 0.5`, "write deploy.resources.limits.cpus instead"},
		{"mem_limit", `mem_limit: 1g`, "write deploy.resources.limits.memory instead"},
		{"mem_reservation", `mem_reservation: 1g`, "write deploy.resources.reservations.memory instead"},
		{"pids_limit", `pids_limit: 10`, "write deploy.resources.limits.pids instead"},
	} {
		seen[c.key] = true
		t.Run(c.key, func(t *testing.T) {
			f := file{services: "  app: {image: 'app:1', " + c.lines + "}\n"}
			want := fmt.Sprintf("compose.yml:4: service \"app\": has %s, which a service of a Swarm cannot have\n  fix: %s\n", c.key, c.fix)
			assert.Equal(t, f.refused(t), want)
		})
	}
	for _, r := range refusals() {
		// What the file must have beside these is in tests of their own.
		if !seen[r.key] && r.key != "models" && r.key != "volume_driver" && r.key != "volumes_from" {
			t.Errorf("no case for %s", r.key)
		}
	}
}

func TestRefusals(t *testing.T) {
	const others = "  db: {image: 'db:1'}\n"
	for _, c := range []struct {
		lines string
		top   string
		want  string
	}{
		{lines: `volumes_from: [db]`, want: `
compose.yml:4: service "app": has volumes_from, which a service of a Swarm cannot have
  fix: name the volumes, and mount them in both services
`},
		{lines: `models: [llm]`, top: "models: {llm: {model: ai/m}}\n", want: `
compose.yml:5: service "app": has models, which a service of a Swarm cannot have
  fix: remove it
`},
		{lines: `privileged: true, pid: host, ports: ["8000-8010:80"]`, want: `
compose.yml:4: service "app": has pid, which a service of a Swarm cannot have
  fix: remove it: tasks share nothing with one machine or container
compose.yml:4: service "app": has privileged, which a service of a Swarm cannot have
  fix: remove it, and write what it needs as cap_add
compose.yml:4: service "app": publishes port 80 at 8000-8010, but a Swarm does not choose from a range
  fix: write one port: published: "8080"
`},
		{lines: `network_mode: "service:db"`, want: `
compose.yml:4: service "app": has network_mode service:db, but tasks of a Swarm share no network with one container or machine
  fix: remove network_mode, and use networks
`},
		{lines: `network_mode: "container:db"`, want: `
compose.yml:4: service "app": has network_mode container:db, but tasks of a Swarm share no network with one container or machine
  fix: remove network_mode, and use networks
`},
		{lines: `network_mode: bridge`, want: `
compose.yml:4: service "app": has network_mode bridge, but tasks of a Swarm share no network with one container or machine
  fix: remove network_mode, and use networks
`},
		{lines: `links: ["db:database"]`, want: `
compose.yml:4: service "app": links db:database, but a Swarm has no names that one service alone knows
  fix: give db the alias: networks: {NETWORK: {aliases: [database]}}
`},
		{lines: `depends_on: {db: {condition: service_completed_successfully}}`, want: `
compose.yml:4: service "app": waits for db to complete, but on a Swarm only the jobs of a colour are waited for
  fix: make it a job of the colours: let db have profiles: [blue, green], and a service of a colour wait for it
`},
		{lines: `command: []`, want: `
compose.yml:4: service "app": has an empty command, but a service of a Swarm cannot clear the image's command
  fix: write out what is to run
`},
		{lines: `entrypoint: ""`, want: `
compose.yml:4: service "app": has an empty entrypoint, but a service of a Swarm cannot clear the image's entrypoint
  fix: write out what is to run
`},
		{lines: `platform: a/b/c/d`, want: `
compose.yml:4: service "app": has platform a/b/c/d, which cannot be read: "a/b/c/d": cannot parse platform specifier: invalid argument
  fix: write it as OS/ARCHITECTURE: linux/amd64
`},
		{lines: `dns: [localhost]`, want: `
compose.yml:4: service "app": has dns localhost, which is no address: ParseAddr("localhost"): unable to parse IP
  fix: write the name server's IP address
`},
		{lines: `restart: sometimes`, want: `
compose.yml:4: service "app": has restart sometimes, which cannot be read
  fix: write no, always, unless-stopped, on-failure or on-failure:3
`},
		{lines: `restart: "on-failure:x"`, want: `
compose.yml:4: service "app": has restart on-failure:x, which cannot be read
  fix: write no, always, unless-stopped, on-failure or on-failure:3
`},
		{lines: `deploy: {mode: everywhere}`, want: `
compose.yml:4: service "app": has deploy.mode everywhere, which a Swarm does not know
  fix: write replicated, global, replicated-job or global-job
`},
		{lines: `deploy: {mode: global, replicas: 2}`, want: `
compose.yml:4: service "app": has replicas, but deploy.mode global runs one task on each node
  fix: remove the replicas, or write deploy.mode: replicated
`},
		{lines: `deploy: {mode: global-job}, scale: 2`, want: `
compose.yml:4: service "app": has replicas, but deploy.mode global-job runs one task on each node
  fix: remove the replicas, or write deploy.mode: replicated
`},
		{lines: `ports: ["127.0.0.1:8080:80", "0.0.0.0:8081:81"]`, want: `
compose.yml:4: service "app": publishes port 80 at address 127.0.0.1, but a Swarm publishes at all addresses of its nodes
  fix: remove host_ip, and let a firewall say who reaches the port
`},
		{lines: `ports: ["8080:80"], deploy: {endpoint_mode: dnsrr}`, want: `
compose.yml:4: service "app": publishes port 80 in ingress mode, which endpoint mode dnsrr excludes
  fix: write mode: host at the port, or deploy.endpoint_mode: vip
`},
		{lines: `networks: {default: {ipv4_address: 10.0.0.9, ipv6_address: "fd00::9", link_local_ips: [169.254.8.8], mac_address: "02:42:ac:11:65:43", interface_name: e0}}`, want: `
compose.yml:4: service "app": has ipv4_address in network default, which the tasks of a Swarm cannot have
  fix: remove it, and use the service's name or an alias
compose.yml:4: service "app": has ipv6_address in network default, which the tasks of a Swarm cannot have
  fix: remove it, and use the service's name or an alias
compose.yml:4: service "app": has link_local_ips in network default, which the tasks of a Swarm cannot have
  fix: remove it, and use the service's name or an alias
compose.yml:4: service "app": has mac_address in network default, which the tasks of a Swarm cannot have
  fix: remove it, and use the service's name or an alias
compose.yml:4: service "app": has interface_name in network default, which the tasks of a Swarm cannot have
  fix: remove it, and use the service's name or an alias
`},
		{lines: `networks: [back]`, top: "networks: {back: {driver: bridge, enable_ipv4: false, ipam: {config: [{subnet: ten, gateway: 10.0.0}]}}}\n", want: `
network "back" has driver bridge, whose networks do not leave one machine
  fix: remove the driver: it is overlay then
network "back" has enable_ipv4: false, which a Swarm's networks cannot have
  fix: remove enable_ipv4
network "back" has subnet ten, which cannot be read: netip.ParsePrefix("ten"): no '/'
  fix: write it as 10.1.0.0/16, or 10.1.0.1 for a single address
network "back" has gateway 10.0.0, which cannot be read: ParseAddr("10.0.0"): IPv4 address too short
  fix: write it as 10.1.0.0/16, or 10.1.0.1 for a single address
`},
		{lines: `configs: [conf]`, top: "configs: {conf: {environment: NOT_SET}}\n", want: `
config "conf" comes from the variable NOT_SET, which is not set
  fix: set the variable
`},
		{lines: `secrets: [sec]`, top: "secrets: {sec: {file: /not/there}}\n", want: `
secret "sec" cannot be read: open /not/there: no such file or directory
  fix: create the file, or name another
`},
		{lines: `volumes: ["./data.txt:/a:z"]`, want: `
compose.yml:4: service "app": has DIRECTORY/data.txt labelled for SELinux (z), which a Swarm does not do
  fix: remove it, and label the directory on each node (chcon)
`},
		{lines: `volumes: [{type: bind, source: /etc, target: /a, bind: {recursive: disabled}}]`, want: `
compose.yml:4: service "app": mounts /etc with recursive: disabled, which not every engine of a Swarm can
  fix: remove recursive
`},
		{lines: `volumes: [{type: volume, source: state, target: /a, volume: {subpath: b}}]`, want: `
compose.yml:4: service "app": mounts the subpath b of a volume, which not every engine of a Swarm can
  fix: mount the whole volume, or a volume of its own
`},
		{lines: `volumes: [{type: image, source: "busybox:1", target: /a}]`, want: `
compose.yml:4: service "app": mounts /a of type image, which not every engine of a Swarm can
  fix: mount a volume, a directory or a tmpfs
`},
		{lines: `tmpfs: ["/a:size=64m,mode=1777,ro", "/b:uid=3", "/c:size=x"]`, want: `
compose.yml:4: service "app": has tmpfs /b with the option uid=3, which a Swarm cannot set: it is neither size nor mode
  fix: write size, mode, ro or rw alone
compose.yml:4: service "app": has tmpfs /c with the option size=x, which a Swarm cannot set: invalid size: 'x'
  fix: write size, mode, ro or rw alone
`},
	} {
		t.Run(c.lines, func(t *testing.T) {
			f := file{top: c.top, services: "  app: {image: 'app:1', " + c.lines + "}\n" + others}
			assert.Equal(t, "\n"+withoutDirectory(t, f.refused(t)), c.want)
		})
	}
}

func TestRefusesABuildWithoutAnImage(t *testing.T) {
	f := file{services: "  app: {build: .}\n"}
	assert.Equal(t, f.refused(t), `compose.yml:4: service "app": has build but no image, and nodes of a Swarm do not build
  fix: write the image that nodes are to pull, and push it there
`)
}

func TestRefusesAProxyInTheNetworkOfAnother(t *testing.T) {
	f := file{
		services: "  gate: {image: 'pause:1', ports: ['8080:80']}\n",
		proxy:    "    network_mode: service:gate",
	}
	assert.Equal(t, f.refused(t), `compose.yml:6: service "lb": is the proxy and uses the network of gate, which tasks of a Swarm cannot
  fix: remove network_mode and x-bluegreen.proxy.holder, and write ports and networks at the proxy
`)
}

// What compose-go refuses itself, or has no key for in a file, a project may
// hold all the same.
func TestRefusesAVolumeDriver(t *testing.T) {
	p := file{services: "  app: {image: 'app:1'}\n"}.load(t)
	s := p.Source.Services["app"]
	s.VolumeDriver = "nfs"
	p.Source.Services["app"] = s
	_, err := Map(p)
	assert.Equal(t, complaints(t, err), `compose.yml:4: service "app": has volume_driver, which a service of a Swarm cannot have
  fix: write the driver of each volume at the top level
`)
}

func TestSameLimitsInBothStylesAreNoLoss(t *testing.T) {
	file{services: `  app:
    image: app:1
    cpus: 0.5
    mem_limit: 1g
    mem_reservation: 20m
    pids_limit: 10
    deploy: {resources: {limits: {cpus: "0.5", memory: 1g, pids: 10}, reservations: {memory: 20m}}}
`}.mapped(t)
}
