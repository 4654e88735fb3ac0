package swarm

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	api "github.com/moby/moby/api/types/swarm"
)

// ownLabels is how the labels begin that this tool keeps its records in.
const ownLabels = "bluegreen."

// hashLength is long enough for two versions of one service to differ.
const hashLength = 16

// Hash tells whether a running service is what the file wants. It leaves out
// what a release changes without the file: the number of replicas, the tool's
// own labels, the counter that forces an update, and the ids of configs and
// secrets, which stand there by their names.
func Hash(spec api.ServiceSpec) string {
	spec.Labels = foreign(spec.Labels)
	spec.TaskTemplate.ForceUpdate = 0
	if spec.Mode.Replicated != nil {
		spec.Mode.Replicated = &api.ReplicatedService{}
	}
	if spec.TaskTemplate.ContainerSpec != nil {
		c := *spec.TaskTemplate.ContainerSpec
		c.Labels = foreign(c.Labels)
		c.Configs = withoutIDs(c.Configs, func(r *api.ConfigReference) { r.ConfigID = "" })
		c.Secrets = withoutIDs(c.Secrets, func(r *api.SecretReference) { r.SecretID = "" })
		spec.TaskTemplate.ContainerSpec = &c
	}
	text, err := json.Marshal(spec)
	if err != nil {
		return "" // not reached: a specification is made of plain values
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:hashLength]
}

// foreign lists the labels that are not the tool's own.
func foreign(labels map[string]string) map[string]string {
	others := map[string]string{}
	maps.Copy(others, labels)
	maps.DeleteFunc(others, func(key, _ string) bool { return strings.HasPrefix(key, ownLabels) })
	return others
}

// withoutIDs copies references, and forgets the ids of the copies.
func withoutIDs[T any](references []*T, forget func(*T)) []*T {
	copies := slices.Clone(references)
	for i, r := range copies {
		c := *r
		forget(&c)
		copies[i] = &c
	}
	return copies
}
