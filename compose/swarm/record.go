package swarm

import (
	"context"
	"errors"
	"fmt"

	"github.com/containerd/errdefs"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"
)

// A record is a text in the label of a config object: stored by raft on all
// managers before it is answered, and changed by compare-and-swap. A config's
// data cannot be changed, its labels can (engine API, /configs/{id}/update).
// No service has these configs mounted.
const (
	recordLabel = "bluegreen.record"
	valueLabel  = "bluegreen.value"
)

// Record is a text and the version that it was read in.
type Record struct {
	Value   string
	id      string
	version api.Version
}

// ErrChanged tells that a record is not what it was when it was read.
var ErrChanged = errors.New("somebody else has changed it")

func (e *Engine) recordName(name string) string { return e.qualified("bluegreen." + name) }

// Record reads a record; one that is not there is empty.
func (e *Engine) Record(ctx context.Context, name string) (Record, error) {
	return settled(ctx, e, func() (Record, error) { return e.record(ctx, name) })
}

// record reads it as the Swarm is now, if it is led.
func (e *Engine) record(ctx context.Context, name string) (Record, error) {
	found, err := e.api().ConfigList(ctx, client.ConfigListOptions{Filters: make(client.Filters).Add("name", e.recordName(name))})
	if err != nil {
		return Record{}, e.explain("read the record "+name, err)
	}
	for _, c := range found.Items { // the filter takes names that begin so
		if c.Spec.Name == e.recordName(name) {
			return Record{Value: c.Spec.Labels[valueLabel], id: c.ID, version: c.Version}, nil
		}
	}
	return Record{}, nil
}

// Replace writes a record that nobody has changed since it was read; else it is
// ErrChanged, and nothing is written. It returns the record as it is then.
func (e *Engine) Replace(ctx context.Context, name string, former Record, value string) (Record, error) {
	doing := "write the record " + name
	spec := api.ConfigSpec{
		Annotations: api.Annotations{Name: e.recordName(name), Labels: map[string]string{
			stackLabel: e.name, recordLabel: name, valueLabel: value,
		}},
		Data: []byte("docker bluegreen keeps this in the labels\n"),
	}
	var err error
	if former.id == "" {
		_, err = e.api().ConfigCreate(ctx, client.ConfigCreateOptions{Spec: spec})
	} else {
		_, err = e.api().ConfigUpdate(ctx, former.id, client.ConfigUpdateOptions{Version: former.version, Spec: spec})
	}
	if raced(err) || errdefs.IsConflict(err) || errdefs.IsNotFound(err) {
		return Record{}, fmt.Errorf("%s: %w", doing, ErrChanged)
	}
	if err != nil {
		return Record{}, e.explain(doing, err)
	}
	written, err := e.Record(ctx, name)
	if err == nil && written.Value != value {
		err = fmt.Errorf("%s: %w", doing, ErrChanged)
	}
	return written, err
}

// removeRecords forgets all of a project.
func (e *Engine) removeRecords(ctx context.Context) error {
	return e.removeConfigs(ctx, func(c api.Config) bool { return c.Spec.Labels[recordLabel] != "" })
}

// removeConfigs removes those of the project's configs that are meant. One that
// a service still uses stays for now: a Swarm refuses to remove it.
func (e *Engine) removeConfigs(ctx context.Context, meant func(api.Config) bool) error {
	found, err := e.api().ConfigList(ctx, client.ConfigListOptions{Filters: e.mine()})
	if err != nil {
		return e.explain("list the configs", err)
	}
	for _, c := range found.Items {
		if !meant(c) {
			continue
		}
		if _, err := e.api().ConfigRemove(ctx, c.ID, client.ConfigRemoveOptions{}); err != nil && !errdefs.IsNotFound(err) && !inUse(err) {
			return e.explain("remove the config "+c.Spec.Name, err)
		}
	}
	return nil
}

// inUse tells that something is not removed because a service uses it.
func inUse(err error) bool {
	return errdefs.IsInvalidArgument(err) || errdefs.IsConflict(err)
}
