package swarm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	api "github.com/moby/moby/api/types/swarm"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// settings are the files of the proxy's instances, by their path in the
// container. A Swarm's configs cannot be changed, so an instance has those that
// it was started with.
type settings struct {
	kind  compose.Kind
	files map[string]string
	hash  string
}

// settingsLabel of the proxy's service tells its settings from others.
const settingsLabel = "bluegreen.settings"

// Configure has the instances of a proxy that start from now on, within this
// command, mount files; hash is what SettingsHash will say of them.
func (e *Engine) Configure(_ context.Context, kind compose.Kind, files map[string]string, hash string) error {
	e.settings = &settings{kind: kind, files: files, hash: hash}
	return nil
}

// SettingsHash tells which files the proxy's service was made with; "" while
// there is no service.
func (e *Engine) SettingsHash(ctx context.Context) (string, error) {
	labels, err := e.ProxyLabels(ctx)
	return labels[settingsLabel], err
}

// proxySpec is the proxy's service: the file's, with the settings mounted, and
// the active colour in the environment of each instance that starts.
func (e *Engine) proxySpec(ctx context.Context, service string) (api.ServiceSpec, error) {
	s, err := e.spec(ctx, service)
	if err != nil {
		return s, err
	}
	if e.settings == nil {
		return s, errors.New("make the proxy's service: its settings have not been made")
	}
	network, err := e.ensureControlNetwork(ctx)
	if err != nil {
		return s, err
	}
	c := *s.TaskTemplate.ContainerSpec
	c.Env = append(slices.Clone(c.Env), compose.ActiveVariable+`={{index .Service.Labels "`+ActiveLabel+`"}}`)
	s.TaskTemplate.ContainerSpec = &c
	if err := e.mountSettings(ctx, &s); err != nil {
		return s, err
	}
	s.TaskTemplate.Networks = append(slices.Clone(s.TaskTemplate.Networks), api.NetworkAttachmentConfig{Target: network})
	s.Labels[compose.ProxyLabel] = string(e.settings.kind)
	s.Labels[ActiveLabel] = compose.NobodyActive
	return s, nil
}

// mountSettings has a spec mount the settings, and no former ones.
func (e *Engine) mountSettings(ctx context.Context, s *api.ServiceSpec) error {
	c := *s.TaskTemplate.ContainerSpec
	c.Configs = slices.DeleteFunc(slices.Clone(c.Configs), func(r *api.ConfigReference) bool {
		return strings.HasPrefix(r.ConfigName, e.settingName("")) || r.File != nil && e.settings.files[r.File.Name] != ""
	})
	for _, target := range slices.Sorted(maps.Keys(e.settings.files)) {
		ref, err := e.mountSetting(ctx, target, e.settings.files[target])
		if err != nil {
			return err
		}
		c.Configs = append(c.Configs, ref)
	}
	s.TaskTemplate.ContainerSpec = &c
	s.Labels = maps.Clone(s.Labels)
	s.Labels[settingsLabel] = e.settings.hash
	return nil
}

// settingName begins the names of the configs that hold settings.
func (e *Engine) settingName(file string) string { return e.qualified("bluegreen-settings." + file) }

// mountSetting is a file of the settings as a config.
func (e *Engine) mountSetting(ctx context.Context, target, text string) (*api.ConfigReference, error) {
	name := e.settingName(path.Base(target) + "." + digest([]byte(text)))
	id, err := e.ensureConfig(ctx, name, api.ConfigSpec{
		Annotations: api.Annotations{Name: name, Labels: map[string]string{stackLabel: e.name}}, Data: []byte(text),
	})
	return &api.ConfigReference{
		ConfigID: id, ConfigName: name,
		File: &api.ConfigReferenceFileTarget{Name: target, UID: "0", GID: "0", Mode: 0o444},
	}, err
}

// digest is short, and long enough for two versions of one file to differ.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])[:10]
}
