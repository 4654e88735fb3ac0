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

// The files that Traefik looks for, in its order, when no flag names one: it
// takes the first that there is, and then no flag.
var traefikDefaults = []string{"/etc/traefik/traefik.toml", "/etc/traefik/traefik.yaml", "/etc/traefik/traefik.yml"}

// RoutesFile is the file in Proxy.Watched that the tool writes.
const RoutesFile = "bluegreen.yml"

// watchedDir is the directory name below Proxy.Volume that generated settings
// have Traefik watch.
const watchedDir = "dynamic"

const traefikCommand = "write command: --configFile=/var/lib/traefik/traefik.yml, and mount a named volume at /var/lib/traefik"

// readTraefik finds where Traefik's settings are, and the directory from which
// it takes routes as they change.
func (b *builder) readTraefik(s types.ServiceConfig, proxy *Proxy) {
	flags := staticconfig.Flags(slices.Concat(s.Entrypoint, s.Command))
	proxy.Settings = traefikFile(s, flags)
	if proxy.Settings == "" {
		b.withoutFile(s, flags, proxy)
	} else {
		b.withFile(s, proxy)
	}
	if proxy.Volume != "" {
		b.checkBelow(s, *proxy)
	}
}

// withFile is for a Traefik that reads a file.
func (b *builder) withFile(s types.ServiceConfig, proxy *Proxy) {
	switch {
	case !b.generated(s, proxy.Settings):
		b.ownTraefik(s, proxy)
	case staticconfig.FormatOf(proxy.Settings) != staticconfig.YAML:
		b.blame(s.Name, "is to have generated settings in "+proxy.Settings+", but they are YAML",
			traefikCommand+"; or where the file is yours, name the directory that Traefik watches: "+ownFix(s), "command")
	default:
		b.generateTraefik(s, proxy)
	}
}

// withoutFile is for a Traefik whose settings are in its arguments, or where it
// has none in its variables.
func (b *builder) withoutFile(s types.ServiceConfig, flags staticconfig.Flags, proxy *Proxy) {
	said, where := flags.Config(), "flags"
	if !flags.Any() {
		variables := b.variables(s)
		if !variables.Any() {
			b.blame(s.Name, "is the proxy and has no settings", traefikCommand, "command")
			return
		}
		said, where, proxy.Variables = variables.Config(), "variables", true
	}
	if b.top.Proxy.Settings == generated {
		b.blame(s.Name, "is to have generated settings, but has its own in "+where, traefikCommand, "command")
		return
	}
	proxy.Static = &said
	b.ownTraefik(s, proxy)
}

// variables are those of a service's containers, as far as the files tell. An
// env_file that cannot be read is reported when the project is finished.
func (b *builder) variables(s types.ServiceConfig) staticconfig.Environment {
	if resolved, err := b.source.WithServicesEnvironmentResolved(false); err == nil {
		s = resolved.Services[s.Name]
	}
	all := staticconfig.Environment{}
	for name, value := range s.Environment {
		if value != nil {
			all[name] = *value
		}
	}
	return all
}

// traefikFile is the file that Traefik reads its static configuration from;
// "" when that is in its flags or variables.
func traefikFile(s types.ServiceConfig, flags staticconfig.Flags) string {
	if file := flags.ConfigFile(); file != "" {
		return inside(s, file)
	}
	for _, file := range traefikDefaults {
		if mount, found := mountOf(s, file); found && (mount.Target == file || isFile(hostPath(mount, file))) {
			return file
		}
	}
	return ""
}

// inside is a path as a process of the container takes it.
func inside(s types.ServiceConfig, p string) string {
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join("/", s.WorkingDir, p)
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
func (b *builder) ownTraefik(s types.ServiceConfig, proxy *Proxy) {
	directory, ok := b.ownDirectory(s, *proxy)
	if !ok {
		return
	}
	proxy.Watched = inside(s, directory)
	mount, found := mountOf(s, proxy.Watched)
	why := unfit(mount)
	switch {
	case !found:
		b.blame(s.Name, "is the proxy and watches "+proxy.Watched+", where nothing is mounted", volumeFix(proxy.Watched), "volumes")
	case why != "":
		b.reportUnfit(s, mount, why, volumeFix(proxy.Watched))
	default:
		proxy.Volume = mount.Target
		b.checkSpelling(s, proxy.Watched)
		b.remarkVolume(*proxy)
	}
}

// ownDirectory is the directory that a user's own settings name, or where they
// cannot be read here, the file.
func (b *builder) ownDirectory(s types.ServiceConfig, proxy Proxy) (string, bool) {
	var static staticconfig.Config
	if proxy.Static != nil {
		static = *proxy.Static
	} else {
		text, err := readMounted(s, proxy.Settings)
		if err != nil {
			return b.namedDirectory(s, proxy.Settings)
		}
		if static, err = staticconfig.Read(proxy.Settings, text); err != nil {
			b.blame(s.Name, fmt.Sprintf("is the proxy and its settings %s are no %s: %v", proxy.Settings, proxy.Format(), err), "mend the file", "volumes")
			return "", false
		}
	}
	if static.Directory == "" {
		b.reportNoDirectory(s, static, proxy)
	}
	return static.Directory, static.Directory != ""
}

// readMounted is a mounted file's text, where the engine is on this machine.
func readMounted(s types.ServiceConfig, file string) (string, error) {
	mount, _ := mountOf(s, file)
	text, err := os.ReadFile(hostPath(mount, file))
	return string(text), err
}

// namedDirectory is the directory that the file names for settings that cannot
// be read before the proxy runs.
func (b *builder) namedDirectory(s types.ServiceConfig, settings string) (string, bool) {
	if named := b.top.Proxy.Volume; named != "" {
		return named, true
	}
	mount, mounted := mountOf(s, settings)
	fix := "name the directory that Traefik watches: " + ownFix(s)
	switch why := unfit(mount); {
	case !mounted:
		fix = fmt.Sprintf("mount a named volume at %s, and they are generated; where the image has them, %s", path.Dir(settings), fix)
	case why != "" && (mount.Type == types.VolumeTypeVolume || mount.Type == types.VolumeTypeTmpfs):
		b.reportUnfit(s, mount, why, volumeFix(mount.Target))
		return "", false
	}
	b.blame(s.Name, "is the proxy and its settings "+settings+" cannot be read here", fix, "command")
	return "", false
}

// ownFix says that settings are the user's, and what they watch.
func ownFix(s types.ServiceConfig) string {
	return fmt.Sprintf("%s: {proxy: {service: %s, settings: own, volume: /etc/traefik/dynamic}}", extension, s.Name)
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
