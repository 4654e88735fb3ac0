package compose

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// defaultSettings is what the official HAProxy image reads.
const defaultSettings = "/usr/local/etc/haproxy/haproxy.cfg"

var mountPath = regexp.MustCompile(mountPattern)

// readProxyFiles finds where the proxy's settings and its state are.
func (b *builder) readProxyFiles(s types.ServiceConfig, proxy *Proxy) {
	settings, ok := b.settingsPath(s)
	if !ok {
		return
	}
	volume, ok := b.stateMount(s, settings)
	if !ok {
		return
	}
	if !mountPath.MatchString(volume.Target) {
		b.blame(s.Name, "is the proxy and mounts a volume at "+volume.Target+", which its settings cannot spell",
			"use letters, digits, dots, dashes and underscores in the path", "volumes")
		return
	}
	proxy.Settings = settings
	proxy.Volume = volume.Target
	proxy.Generated = b.generated(s, settings)
	b.checkBelow(s, *proxy)
}

// settingsPath is the file that HAProxy's -f names.
func (b *builder) settingsPath(s types.ServiceConfig) (string, bool) {
	named := settingsArguments(slices.Concat(s.Entrypoint, s.Command))
	if len(named) == 0 {
		return defaultSettings, true
	}
	file := named[0]
	if !path.IsAbs(file) && s.WorkingDir != "" {
		file = path.Join(s.WorkingDir, file)
	}
	mount, _ := mountOf(s, path.Clean(file))
	directory := strings.HasSuffix(file, "/") || mount.Target == path.Clean(file) && mount.Type == types.VolumeTypeVolume
	if directory || !mountPath.MatchString(file) {
		b.blame(s.Name, "is the proxy and reads -f "+named[0]+", which is not the absolute path of a file",
			"write haproxy -W -db -f /var/lib/haproxy/haproxy.cfg", "command")
		return "", false
	}
	return path.Clean(file), true
}

// settingsArguments lists what follows each -f. Arguments with blanks are
// taken apart, for they are what a shell gets (sh -c "haproxy -f ...").
func settingsArguments(command []string) []string {
	words := strings.Fields(strings.Join(command, " "))
	var files []string
	for i := 1; i < len(words); i++ {
		if words[i-1] == "-f" {
			files = append(files, strings.Trim(words[i], `"'`))
		}
	}
	return files
}

// generated tells that the settings are the tool's to write: they lie in a
// named volume, which starts empty, and nothing of the user's covers them.
func (b *builder) generated(s types.ServiceConfig, settings string) bool {
	mount, found := mountOf(s, settings)
	writable := found && mount.Target != settings && unfit(mount) == ""
	switch b.top.Proxy.Settings {
	case own:
		return false
	case generated:
		if !writable {
			b.blame(s.Name, "is to have generated settings, but "+settings+" does not lie in a volume that can be written",
				"mount a named volume at "+path.Dir(settings), "volumes")
		}
		return true
	default:
		return writable && isNamedVolume(mount)
	}
}
