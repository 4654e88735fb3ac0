package local

import (
	"cmp"
	"path"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// binds lists what a service mounts, in the engine's short form: its named
// volumes, its directories and files of the host, and the configs and secrets
// that are files. Anonymous volumes and tmpfs hold nothing that lasts.
func binds(p *types.Project, s types.ServiceConfig) []string {
	var all []string
	for _, v := range s.Volumes {
		switch v.Type {
		case types.VolumeTypeVolume:
			if v.Source != "" {
				all = append(all, bind(p.Volumes[v.Source].Name, v.Target, volumeOptions(v)...))
			}
		case types.VolumeTypeBind:
			all = append(all, bind(v.Source, v.Target, bindOptions(v)...))
		}
	}
	for _, c := range s.Configs {
		if file := p.Configs[c.Source].File; file != "" {
			all = append(all, bind(file, cmp.Or(c.Target, "/"+c.Source), "ro"))
		}
	}
	for _, c := range s.Secrets {
		if file := p.Secrets[c.Source].File; file != "" {
			all = append(all, bind(file, secretTarget(c), "ro"))
		}
	}
	return all
}

func bind(source, target string, options ...string) string {
	text := source + ":" + target
	if len(options) > 0 {
		text += ":" + strings.Join(options, ",")
	}
	return text
}

func volumeOptions(v types.ServiceVolumeConfig) []string {
	var options []string
	if v.ReadOnly {
		options = append(options, "ro")
	}
	if v.Volume != nil && v.Volume.NoCopy {
		options = append(options, "nocopy")
	}
	return options
}

func bindOptions(v types.ServiceVolumeConfig) []string {
	var options []string
	if v.ReadOnly {
		options = append(options, "ro")
	}
	if v.Bind != nil && v.Bind.SELinux != "" {
		options = append(options, v.Bind.SELinux)
	}
	return options
}

// secretTarget is Compose's rule for where a secret stands.
func secretTarget(c types.ServiceSecretConfig) string {
	target := cmp.Or(c.Target, c.Source)
	if path.IsAbs(target) {
		return target
	}
	return "/run/secrets/" + target
}
