package swarm

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	api "github.com/moby/moby/api/types/swarm"
)

// The kinds of what a Swarm keeps and shows to tasks as files.
const (
	aConfig = "config"
	aSecret = "secret"
)

func (m *mapper) configs() []api.ConfigSpec {
	var all []api.ConfigSpec
	for _, key := range slices.Sorted(maps.Keys(m.Source.Configs)) {
		o := types.FileObjectConfig(m.Source.Configs[key])
		data := m.data(aConfig, key, o)
		m.name(aConfig, key, o, data)
		if !o.External {
			all = append(all, api.ConfigSpec{Annotations: m.annotations(aConfig, key, o), Data: data, Templating: named(o.TemplateDriver, nil)})
		}
	}
	slices.SortFunc(all, func(a, b api.ConfigSpec) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

func (m *mapper) secrets() []api.SecretSpec {
	var all []api.SecretSpec
	for _, key := range slices.Sorted(maps.Keys(m.Source.Secrets)) {
		o := types.FileObjectConfig(m.Source.Secrets[key])
		data := m.data(aSecret, key, o)
		m.name(aSecret, key, o, data)
		if !o.External {
			all = append(all, api.SecretSpec{
				Annotations: m.annotations(aSecret, key, o), Data: data,
				Driver: named(o.Driver, o.DriverOpts), Templating: named(o.TemplateDriver, nil),
			})
		}
	}
	slices.SortFunc(all, func(a, b api.SecretSpec) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

func named(driver string, options map[string]string) *api.Driver {
	if driver == "" {
		return nil
	}
	return &api.Driver{Name: driver, Options: options}
}

// data is what a config or secret holds; nil where that is kept elsewhere.
func (m *mapper) data(kind, key string, o types.FileObjectConfig) []byte {
	switch {
	case bool(o.External), o.Driver != "":
		return nil
	case o.Environment != "":
		if _, set := m.Source.Environment[o.Environment]; !set {
			m.refuse("", "set the variable", "%s %q comes from the variable %s, which is not set", kind, key, o.Environment)
		}
		return []byte(o.Content)
	case o.File == "":
		return []byte(o.Content)
	}
	data, err := os.ReadFile(o.File)
	if err != nil {
		m.refuse("", "create the file, or name another", "%s %q cannot be read: %v", kind, key, err)
	}
	return data
}

// name notes how a Swarm calls a config or secret. They cannot change there,
// so that the name carries what is inside: another content is another config,
// and the former release keeps its own.
func (m *mapper) name(kind, key string, o types.FileObjectConfig, data []byte) {
	name := cmp.Or(o.Name, m.scope(key))
	if !bool(o.External) && name == m.scope(key) && o.Driver == "" {
		sum := sha256.Sum256(data)
		name += "_" + hex.EncodeToString(sum[:])[:10]
	}
	m.names[kind+key] = name
}

func (m *mapper) annotations(kind, key string, o types.FileObjectConfig) api.Annotations {
	return api.Annotations{Name: m.names[kind+key], Labels: m.labelled(o.Labels)}
}

// configReferences lists the configs of a service without their ids, which
// only the Swarm knows; sorted, for another order would restart the tasks.
func (m *mapper) configReferences(s types.ServiceConfig) []*api.ConfigReference {
	var all []*api.ConfigReference
	for _, c := range s.Configs {
		file := api.ConfigReferenceFileTarget(target(types.FileReferenceConfig(c)))
		all = append(all, &api.ConfigReference{ConfigName: m.names[aConfig+c.Source], File: &file})
	}
	slices.SortStableFunc(all, func(a, b *api.ConfigReference) int { return cmp.Compare(a.ConfigName, b.ConfigName) })
	return all
}

// secretReferences does so for secrets.
func (m *mapper) secretReferences(s types.ServiceConfig) []*api.SecretReference {
	var all []*api.SecretReference
	for _, c := range s.Secrets {
		file := target(types.FileReferenceConfig(c))
		// Compose writes out where secrets are, `docker stack` does not.
		file.Name = strings.TrimPrefix(file.Name, "/run/secrets/")
		all = append(all, &api.SecretReference{SecretName: m.names[aSecret+c.Source], File: &file})
	}
	slices.SortStableFunc(all, func(a, b *api.SecretReference) int { return cmp.Compare(a.SecretName, b.SecretName) })
	return all
}

// target is where a config or secret stands in the container. A Swarm puts a
// relative one where Compose does: below / and /run/secrets.
func target(f types.FileReferenceConfig) api.SecretReferenceFileTarget {
	mode := types.FileMode(0o444)
	if f.Mode != nil {
		mode = *f.Mode
	}
	return api.SecretReferenceFileTarget{
		Name: cmp.Or(f.Target, f.Source),
		UID:  cmp.Or(f.UID, "0"),
		GID:  cmp.Or(f.GID, "0"),
		Mode: os.FileMode(mode),
	}
}
