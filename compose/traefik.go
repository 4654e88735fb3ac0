package compose

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// The files that Traefik reads when neither a flag nor another file says
// more. It reads TOML too, which the tool does not.
var traefikDefaults = []string{"/etc/traefik/traefik.yml", "/etc/traefik/traefik.yaml", "/etc/traefik/traefik.toml"}

// watchedDir is the directory name below Proxy.Volume that generated settings
// have Traefik watch.
const watchedDir = "dynamic"

const traefikCommand = "write command: --configFile=/var/lib/traefik/traefik.yml, and mount a named volume at /var/lib/traefik"

// readTraefik finds where Traefik's settings are, and the directory from which
// it takes routes as they change.
func (b *builder) readTraefik(s types.ServiceConfig, proxy *Proxy) {
	flags := staticconfig.Flags(slices.Concat(s.Entrypoint, s.Command))
	proxy.Settings = traefikFile(s, flags)
	switch {
	case strings.HasSuffix(proxy.Settings, ".toml"):
		b.blame(s.Name, "is the proxy and reads "+proxy.Settings+", but only settings in YAML or in flags are understood",
			"write the same settings in YAML", "command")
	case proxy.Settings == "" && !flags.Any():
		b.blame(s.Name, "is the proxy and has no settings", traefikCommand, "command")
	case proxy.Settings != "" && b.generated(s, proxy.Settings):
		b.generateTraefik(s, proxy)
	default:
		b.ownTraefik(s, flags, proxy)
	}
	if proxy.Volume != "" {
		b.checkBelow(s, *proxy)
	}
}

// traefikFile is the file that Traefik reads its static configuration from;
// "" when that is in its flags.
func traefikFile(s types.ServiceConfig, flags staticconfig.Flags) string {
	if file := flags.ConfigFile(); file != "" {
		return path.Join("/", s.WorkingDir, file)
	}
	for _, file := range traefikDefaults {
		if mount, found := mountOf(s, file); found && !flags.Any() && (mount.Target == file || isFile(hostPath(mount, file))) {
			return file
		}
	}
	return ""
}

// hostPath is a mounted file on the engine's host; "" where it has no path
// there.
func hostPath(mount types.ServiceVolumeConfig, file string) string {
	if mount.Type != types.VolumeTypeBind {
		return ""
	}
	return filepath.Join(mount.Source, strings.TrimPrefix(file, mount.Target))
}

// generateTraefik places the settings that the tool writes.
func (b *builder) generateTraefik(s types.ServiceConfig, proxy *Proxy) {
	volume, ok := b.stateMount(s, proxy.Settings)
	if !ok {
		return
	}
	proxy.Generated = true
	proxy.Volume = volume.Target
	proxy.Watched = volume.Target + "/" + watchedDir
	b.checkSpelling(s, proxy.Settings, proxy.Watched)
}

// ownTraefik finds in a user's own settings the directory that Traefik
// watches: its mount keeps the state.
func (b *builder) ownTraefik(s types.ServiceConfig, flags staticconfig.Flags, proxy *Proxy) {
	static, known := b.static(s, flags, proxy.Settings)
	if proxy.Settings == "" {
		proxy.Static = &static
	}
	directory := static.Directory
	switch {
	case known && directory == "":
		b.reportNoDirectory(s, static)
		return
	case !known && b.top.Proxy.Volume == "":
		b.blame(s.Name, "is the proxy and its settings "+proxy.Settings+" cannot be read here",
			fmt.Sprintf("name the directory that Traefik watches: %s: {proxy: {service: %s, settings: own, volume: /etc/traefik/dynamic}}", extension, s.Name), "command")
		return
	case !known:
		directory = b.top.Proxy.Volume
	}
	proxy.Watched = path.Join("/", s.WorkingDir, directory)
	mount, found := mountOf(s, proxy.Watched)
	why := unfit(mount)
	switch {
	case !found:
		b.blame(s.Name, "is the proxy and watches "+proxy.Watched+", where nothing is mounted",
			fmt.Sprintf(`mount a named volume there: volumes: ["bluegreen:%s"]`, proxy.Watched), "volumes")
	case why != "":
		b.reportUnfit(s, mount, why)
	default:
		proxy.Volume = mount.Target
		b.checkSpelling(s, proxy.Watched)
	}
}

// static reads a user's static configuration, where it can be read before the
// proxy runs.
func (b *builder) static(s types.ServiceConfig, flags staticconfig.Flags, file string) (c staticconfig.Config, known bool) {
	if file == "" {
		return flags.Config(), true
	}
	mount, _ := mountOf(s, file)
	text, err := os.ReadFile(hostPath(mount, file))
	if err != nil {
		return staticconfig.Config{}, false
	}
	if c, err = staticconfig.Parse(string(text)); err != nil {
		b.blame(s.Name, "is the proxy and its settings "+file+" are no YAML: "+err.Error(), "mend the file", "volumes")
	}
	return c, true
}

// checkSpelling reports paths that the settings or the protocol with the
// proxy's container cannot spell.
func (b *builder) checkSpelling(s types.ServiceConfig, paths ...string) {
	for _, p := range paths {
		if !mountPath.MatchString(p) {
			b.blame(s.Name, "is the proxy and has "+p+", which its settings cannot spell",
				"use letters, digits, dots, dashes and underscores in the path", "volumes")
		}
	}
}
