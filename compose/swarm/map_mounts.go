package swarm

import (
	"errors"
	"os"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/go-units"
	"github.com/moby/moby/api/types/mount"
)

func (m *mapper) mounts(s types.ServiceConfig) []mount.Mount {
	var all []mount.Mount
	for _, v := range s.Volumes {
		all = append(all, m.mount(s, v))
	}
	for _, line := range s.Tmpfs {
		all = append(all, m.tmpfs(s.Name, line))
	}
	return all
}

func (m *mapper) mount(s types.ServiceConfig, v types.ServiceVolumeConfig) mount.Mount {
	mounted := mount.Mount{
		Type:        mount.Type(v.Type),
		Source:      v.Source,
		Target:      v.Target,
		ReadOnly:    v.ReadOnly,
		Consistency: mount.Consistency(v.Consistency),
	}
	switch v.Type {
	case types.VolumeTypeVolume:
		m.volume(s, v, &mounted)
	case types.VolumeTypeBind:
		m.bind(s.Name, v, &mounted)
	case types.VolumeTypeTmpfs:
		if v.Tmpfs != nil {
			mounted.TmpfsOptions = &mount.TmpfsOptions{SizeBytes: int64(v.Tmpfs.Size), Mode: os.FileMode(v.Tmpfs.Mode)}
		}
	default:
		m.refuse(s.Name, "mount a volume, a directory or a tmpfs",
			"mounts %s of type %s, which not every engine of a Swarm can", v.Target, v.Type)
	}
	return mounted
}

// volume completes the mount of a volume. Each node creates the volume when a
// task first needs it, so that the mount says how.
func (m *mapper) volume(s types.ServiceConfig, v types.ServiceVolumeConfig, mounted *mount.Mount) {
	if v.Volume != nil && v.Volume.Subpath != "" {
		m.refuse(s.Name, "mount the whole volume, or a volume of its own",
			"mounts the subpath %s of a volume, which not every engine of a Swarm can", v.Volume.Subpath)
	}
	if v.Source == "" {
		return
	}
	volume := m.Source.Volumes[v.Source]
	mounted.Source = volume.Name
	mounted.VolumeOptions = &mount.VolumeOptions{NoCopy: v.Volume != nil && v.Volume.NoCopy}
	if volume.External {
		return
	}
	mounted.VolumeOptions.Labels = m.labelled(volume.Labels)
	if volume.Driver != "" || len(volume.DriverOpts) > 0 {
		mounted.VolumeOptions.DriverConfig = &mount.Driver{Name: volume.Driver, Options: volume.DriverOpts}
	}
	m.remarkVolume(s, v.Source, volume)
}

// remarkVolume tells of data that stays behind when its task moves.
func (m *mapper) remarkVolume(s types.ServiceConfig, key string, volume types.VolumeConfig) {
	local := (volume.Driver == "" || volume.Driver == "local") && len(volume.DriverOpts) == 0
	if local && len(s.Deploy.Placement.Constraints) == 0 {
		m.remark("service %q: each node has a volume %s of its own, so that a task which moves to another node "+
			"finds it empty: pin the service by deploy.placement.constraints, or use a volume driver that shares", s.Name, key)
	}
}

func (m *mapper) bind(service string, v types.ServiceVolumeConfig, mounted *mount.Mount) {
	m.remark("service %q: each node that may run it must have %s, which is mounted from there", service, v.Source)
	if v.Bind == nil {
		return
	}
	if v.Bind.Propagation != "" {
		mounted.BindOptions = &mount.BindOptions{Propagation: mount.Propagation(v.Bind.Propagation)}
	}
	if v.Bind.SELinux != "" {
		m.refuse(service, "remove it, and label the directory on each node (chcon)",
			"has %s labelled for SELinux (%s), which a Swarm does not do", v.Source, v.Bind.SELinux)
	}
	if v.Bind.Recursive != "" && v.Bind.Recursive != "enabled" {
		m.refuse(service, "remove recursive",
			"mounts %s with recursive: %s, which not every engine of a Swarm can", v.Source, v.Bind.Recursive)
	}
}

// tmpfs reads the short form, /run:size=64m,mode=1777.
func (m *mapper) tmpfs(service, line string) mount.Mount {
	target, options, _ := strings.Cut(line, ":")
	mounted := mount.Mount{Type: mount.TypeTmpfs, Target: target}
	for _, option := range strings.FieldsFunc(options, func(c rune) bool { return c == ',' }) {
		if err := setTmpfs(&mounted, option); err != nil {
			m.refuse(service, "write size, mode, ro or rw alone", "has tmpfs %s with the option %s, which a Swarm cannot set: %v", target, option, err)
		}
	}
	return mounted
}

var errUnknownOption = errors.New("it is neither size nor mode")

func setTmpfs(mounted *mount.Mount, option string) error {
	if mounted.TmpfsOptions == nil {
		mounted.TmpfsOptions = &mount.TmpfsOptions{}
	}
	key, value, _ := strings.Cut(option, "=")
	switch key {
	case "rw":
		return nil
	case "ro":
		mounted.ReadOnly = true
		return nil
	case "size":
		size, err := units.RAMInBytes(value)
		mounted.TmpfsOptions.SizeBytes = size
		return err
	case "mode":
		mode, err := strconv.ParseUint(value, 8, 32)
		mounted.TmpfsOptions.Mode = os.FileMode(mode)
		return err
	default:
		return errUnknownOption
	}
}
