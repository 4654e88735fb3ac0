package compose

import (
	"os"
	"path"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// typeConfig is not one of Compose's mount types: it marks what `configs`
// lays over a file.
const typeConfig = "config"

// mounts lists all that is mounted into a service's containers, whichever
// key of the file says so.
func mounts(s types.ServiceConfig) []types.ServiceVolumeConfig {
	var all []types.ServiceVolumeConfig
	all = append(all, s.Volumes...)
	for _, t := range s.Tmpfs {
		target, _, _ := strings.Cut(t, ":")
		all = append(all, types.ServiceVolumeConfig{Type: types.VolumeTypeTmpfs, Target: path.Clean(target)})
	}
	for _, c := range s.Configs {
		target := c.Target
		if target == "" {
			target = "/" + c.Source
		}
		all = append(all, types.ServiceVolumeConfig{Type: typeConfig, Target: path.Clean(target), ReadOnly: true})
	}
	return all
}

// mountOf finds the mount in which a file lies: the deepest one.
func mountOf(s types.ServiceConfig, file string) (types.ServiceVolumeConfig, bool) {
	var deepest types.ServiceVolumeConfig
	for _, mount := range mounts(s) {
		if within(file, mount.Target) && len(mount.Target) > len(deepest.Target) {
			deepest = mount
		}
	}
	return deepest, deepest.Target != ""
}

// within tells that a path is a directory or lies below it.
func within(file, directory string) bool {
	return file == directory || strings.HasPrefix(file, strings.TrimSuffix(directory, "/")+"/")
}

// unfit says why a mount cannot keep the state; "" when it can.
func unfit(mount types.ServiceVolumeConfig) string {
	switch {
	case mount.ReadOnly:
		return "it is mounted read-only"
	case mount.Type == types.VolumeTypeVolume && mount.Source == "":
		return "an anonymous volume is lost with its container"
	case mount.Type == types.VolumeTypeVolume:
		return ""
	case mount.Type == types.VolumeTypeBind && isFile(mount.Source):
		return "a mounted single file cannot be replaced in one step, so the proxy would never see a change"
	case mount.Type == types.VolumeTypeBind:
		return ""
	default:
		return "a mount of type " + mount.Type + " does not outlive its container"
	}
}

// isFile tells a mounted file from a directory, where the engine is on this
// machine. What is missing becomes a directory when the engine mounts it.
func isFile(source string) bool {
	info, err := os.Stat(source)
	return err == nil && !info.IsDir()
}

func isNamedVolume(mount types.ServiceVolumeConfig) bool {
	return mount.Type == types.VolumeTypeVolume && mount.Source != ""
}
