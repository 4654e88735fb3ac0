package swarm

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// A refusal is a key of a service that a Swarm cannot honour, and without which
// the service would behave otherwise.
type refusal struct {
	key string
	set func(s types.ServiceConfig) bool
	fix string
}

// refusals list what is refused whatever its value. Some of it newer engines
// know, and older ones drop without a word: that is no better.
func refusals() []refusal {
	type service = types.ServiceConfig
	const (
		byLimits = "write deploy.resources.limits.cpus instead, or remove it"
		secured  = "remove it; cap_add, cap_drop, read_only and user are possible"
		whole    = "remove it: tasks share nothing with one machine or container"
		removeIt = "remove it"
	)
	return []refusal{
		{"annotations", func(s service) bool { return len(s.Annotations) > 0 }, "write labels instead"},
		{"blkio_config", func(s service) bool { return s.BlkioConfig != nil }, removeIt},
		{"cgroup", func(s service) bool { return s.Cgroup != "" }, removeIt},
		{"cgroup_parent", func(s service) bool { return s.CgroupParent != "" }, removeIt},
		{"cpu_count", func(s service) bool { return s.CPUCount != 0 }, byLimits},
		{"cpu_percent", func(s service) bool { return s.CPUPercent != 0 }, byLimits},
		{"cpu_period", func(s service) bool { return s.CPUPeriod != 0 }, byLimits},
		{"cpu_quota", func(s service) bool { return s.CPUQuota != 0 }, byLimits},
		{"cpu_rt_period", func(s service) bool { return s.CPURTPeriod != 0 }, byLimits},
		{"cpu_rt_runtime", func(s service) bool { return s.CPURTRuntime != 0 }, byLimits},
		{"cpu_shares", func(s service) bool { return s.CPUShares != 0 }, byLimits},
		{"cpuset", func(s service) bool { return s.CPUSet != "" }, byLimits},
		{"credential_spec", func(s service) bool { return s.CredentialSpec != nil }, removeIt},
		{"deploy.resources.reservations.devices", reservesDevices, "write deploy.resources.reservations.generic_resources, and have the nodes offer them"},
		{"device_cgroup_rules", func(s service) bool { return len(s.DeviceCgroupRules) > 0 }, removeIt},
		{"devices", func(s service) bool { return len(s.Devices) > 0 }, "write deploy.resources.reservations.generic_resources, and have the nodes offer them"},
		{"domainname", func(s service) bool { return s.DomainName != "" }, "write the whole name as hostname"},
		{"external_links", func(s service) bool { return len(s.ExternalLinks) > 0 }, "put both into one network, and use the service's name"},
		{"gpus", func(s service) bool { return len(s.Gpus) > 0 }, "write deploy.resources.reservations.generic_resources, and have the nodes offer them"},
		{"ipc", func(s service) bool { return s.Ipc != "" && s.Ipc != "private" }, whole},
		{"mac_address", func(s service) bool { return s.MacAddress != "" }, removeIt},
		{"mem_swappiness", func(s service) bool { return s.MemSwappiness != 0 }, removeIt},
		{"memswap_limit", func(s service) bool { return s.MemSwapLimit != 0 }, removeIt},
		{"models", func(s service) bool { return len(s.Models) > 0 }, removeIt},
		{"oom_kill_disable", func(s service) bool { return s.OomKillDisable }, "write deploy.resources.reservations.memory, or remove it"},
		{"oom_score_adj", func(s service) bool { return s.OomScoreAdj != 0 }, "write deploy.resources.reservations.memory, or remove it"},
		{"pid", func(s service) bool { return s.Pid != "" }, whole},
		{"post_start", func(s service) bool { return len(s.PostStart) > 0 }, "run it from the image's entrypoint, or as a hook of x-bluegreen"},
		{"pre_start", func(s service) bool { return len(s.PreStart) > 0 }, "run it from the image's entrypoint, or as a job of the colours"},
		{"pre_stop", func(s service) bool { return len(s.PreStop) > 0 }, "have the process do it on its stop_signal"},
		{"privileged", func(s service) bool { return s.Privileged }, "remove it, and write what it needs as cap_add"},
		{"provider", func(s service) bool { return s.Provider != nil }, "write a service with an image"},
		{"runtime", func(s service) bool { return s.Runtime != "" }, "make it the default runtime of the nodes, and choose those by deploy.placement.constraints"},
		{"security_opt", func(s service) bool { return len(s.SecurityOpt) > 0 }, secured},
		{"shm_size", func(s service) bool { return s.ShmSize != 0 }, "mount a tmpfs at /dev/shm: volumes: [{type: tmpfs, target: /dev/shm, tmpfs: {size: 64m}}]"},
		{"storage_opt", func(s service) bool { return len(s.StorageOpt) > 0 }, removeIt},
		{"umask", func(s service) bool { return s.Umask != nil }, "set it in the image's entrypoint"},
		{"use_api_socket", func(s service) bool { return s.UseAPISocket }, "mount /var/run/docker.sock"},
		{"userns_mode", func(s service) bool { return s.UserNSMode != "" }, removeIt},
		{"uts", func(s service) bool { return s.Uts != "" }, whole},
		{"volume_driver", func(s service) bool { return s.VolumeDriver != "" }, "write the driver of each volume at the top level"},
		{"volumes_from", func(s service) bool { return len(s.VolumesFrom) > 0 }, "name the volumes, and mount them in both services"},
	}
}

func reservesDevices(s types.ServiceConfig) bool {
	return s.Deploy != nil && s.Deploy.Resources.Reservations != nil && len(s.Deploy.Resources.Reservations.Devices) > 0
}

// checkRefused reports what of a service a Swarm would leave out.
func (m *mapper) checkRefused(s types.ServiceConfig) {
	for _, r := range refusals() {
		if r.set(s) {
			m.refuseKey(s.Name, r.key, r.fix, "has %s, which a service of a Swarm cannot have", r.key)
		}
	}
	m.checkImage(s)
	m.checkLinks(s)
	m.checkAwaited(s)
	m.checkLimits(s)
}

// checkHolder reports a proxy in another's network. It is there for a second
// proxy beside the first one, which a Swarm's nodes have anyway.
func (m *mapper) checkHolder() {
	if m.Proxy.Holder != "" {
		m.refuse(m.Proxy.Service, "remove network_mode and x-bluegreen.proxy.holder, and write ports and networks at the proxy",
			"is the proxy and uses the network of %s, which tasks of a Swarm cannot", m.Proxy.Holder)
	}
}

func (m *mapper) checkImage(s types.ServiceConfig) {
	if s.Image == "" && s.Provider == nil {
		m.refuse(s.Name, "write the image that nodes are to pull, and push it there", "has build but no image, and nodes of a Swarm do not build")
	}
	for _, cleared := range []struct {
		key  string
		line types.ShellCommand
	}{{"command", s.Command}, {"entrypoint", s.Entrypoint}} {
		if cleared.line != nil && len(cleared.line) == 0 {
			m.refuseKey(s.Name, cleared.key, "write out what is to run", "has an empty %[1]s, but a service of a Swarm cannot clear the image's %[1]s", cleared.key)
		}
	}
}

// checkLinks reports names that a service would no longer be found by.
func (m *mapper) checkLinks(s types.ServiceConfig) {
	for _, link := range s.Links {
		if service, alias, named := strings.Cut(link, ":"); named && alias != service {
			m.refuseKey(s.Name, "links", "give "+service+" the alias: networks: {NETWORK: {aliases: ["+alias+"]}}",
				"links %s, but a Swarm has no names that one service alone knows", link)
		}
	}
}

// checkAwaited reports a wait for the end of a service that is no job of the
// release: a Swarm starts it again and again, and nobody waits.
func (m *mapper) checkAwaited(s types.ServiceConfig) {
	for _, name := range slices.Sorted(maps.Keys(s.DependsOn)) {
		if s.DependsOn[name].Condition == types.ServiceConditionCompletedSuccessfully && !m.once(name) {
			m.refuseKey(s.Name, "depends_on."+name, "make it a job of the colours: let "+name+" have profiles: [blue, green], and a service of a colour wait for it",
				"waits for %s to complete, but on a Swarm only the jobs of a colour are waited for", name)
		}
	}
}
