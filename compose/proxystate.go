package compose

import (
	"fmt"
	"path"

	"github.com/compose-spec/compose-go/v2/types"
)

// keepFix is the line that gives a proxy a volume for its state.
func (b *builder) keepFix(s types.ServiceConfig) string {
	return volumeFix("/var/lib/" + string(b.kind(s)))
}

func volumeFix(target string) string {
	return fmt.Sprintf(`mount a named volume: volumes: ["bluegreen:%s"]`, target)
}

// stateMount is the mount of the proxy that keeps the state: the one named in
// the file, else the one with the settings, else the only named volume.
func (b *builder) stateMount(s types.ServiceConfig, settings string) (types.ServiceVolumeConfig, bool) {
	if b.top.Proxy.Volume != "" {
		return b.namedMount(s, path.Clean(b.top.Proxy.Volume))
	}
	around, found := mountOf(s, settings)
	if found && around.Target != settings && unfit(around) == "" {
		return around, true
	}
	var volumes []string
	var last types.ServiceVolumeConfig
	for _, mount := range s.Volumes {
		if isNamedVolume(mount) && unfit(mount) == "" {
			volumes, last = append(volumes, mount.Target), mount
		}
	}
	if len(volumes) == 1 {
		return last, true
	}
	b.reportNoState(s, settings, volumes)
	return types.ServiceVolumeConfig{}, false
}

// namedMount is the mount that x-bluegreen.proxy.volume names.
func (b *builder) namedMount(s types.ServiceConfig, target string) (types.ServiceVolumeConfig, bool) {
	var targets []string
	for _, mount := range mounts(s) {
		targets = append(targets, mount.Target)
		if mount.Target != target {
			continue
		}
		why := unfit(mount)
		if why != "" {
			b.reportUnfit(s, mount, why, b.keepFix(s))
		}
		return mount, why == ""
	}
	fix := b.keepFix(s)
	if len(targets) > 0 {
		fix = "the proxy's mount points are " + listing(targets)
	}
	at := []string{extension, "proxy", "volume"}
	b.add(s.Name, fmt.Sprintf("%s.proxy.volume is %q, where nothing is mounted", extension, target), fix, at...)
	return types.ServiceVolumeConfig{}, false
}

// reportNoState says why none of the proxy's mounts keeps the state.
func (b *builder) reportNoState(s types.ServiceConfig, settings string, volumes []string) {
	if len(volumes) > 1 {
		b.blame(s.Name, "is the proxy and has several volumes that could keep the active colour: "+listing(volumes),
			fmt.Sprintf("name one at the top level: %s: {proxy: {service: %s, volume: %s}}", extension, s.Name, volumes[0]), "volumes")
		return
	}
	for _, mount := range mounts(s) {
		// Certificates and the like, mounted from the host, are no attempt.
		attempt := within(settings, mount.Target) || mount.Type == types.VolumeTypeVolume || mount.Type == types.VolumeTypeTmpfs
		if why := unfit(mount); attempt && why != "" {
			b.reportUnfit(s, mount, why, b.keepFix(s))
			return
		}
	}
	b.blame(s.Name, "is the proxy and has no volume to keep the active colour", b.keepFix(s))
}

func (b *builder) reportUnfit(s types.ServiceConfig, mount types.ServiceVolumeConfig, why, fix string) {
	b.blame(s.Name, fmt.Sprintf("is the proxy and cannot keep the active colour at %s: %s", mount.Target, why), fix, "volumes")
}

// checkBelow reports what is mounted over the tool's own files: a file from
// outside would never change, a volume would hide them.
func (b *builder) checkBelow(s types.ServiceConfig, proxy Proxy) {
	for _, mount := range mounts(s) {
		if mount.Target == proxy.Volume {
			continue
		}
		fix := "remove the mount: docker bluegreen writes the routing itself"
		where := ""
		switch {
		case proxy.Watched != "" && mount.Target == proxy.Watched:
			where, fix = "over its volume", "remove the mount; files of your own can be mounted into the directory one by one"
		case proxy.Watched != "" && mount.Target == proxy.RoutesPath():
			where = "into " + proxy.Watched
		case within(mount.Target, proxy.Directory()):
			where = "into " + proxy.Directory()
		default:
			continue
		}
		b.blame(s.Name, fmt.Sprintf("is the proxy and has %s mounted %s, where the routing is written", mount.Target, where), fix, "volumes")
	}
}
