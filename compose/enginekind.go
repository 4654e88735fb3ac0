package compose

import (
	"context"
	"fmt"
	"slices"
)

// EngineKind says where a project's containers run.
type EngineKind string

// The engines that a project can name.
const (
	OneEngine EngineKind = "local"
	Swarm     EngineKind = "swarm"
)

// EngineKinds lists them.
func EngineKinds() []EngineKind { return []EngineKind{OneEngine, Swarm} }

// String implements pflag.Value.
func (k *EngineKind) String() string { return string(*k) }

// Set implements pflag.Value.
func (k *EngineKind) Set(value string) error {
	if !slices.Contains(EngineKinds(), EngineKind(value)) {
		return fmt.Errorf("%q is no engine: local or swarm", value)
	}
	*k = EngineKind(value)
	return nil
}

// Type implements pflag.Value.
func (*EngineKind) Type() string { return "ENGINE" }

// EngineOf says which engine the option or the files name, as quickly as
// ProjectName finds the project's name; "" where they name none, which is one
// engine. It never guesses by what the engine is: a manager of a Swarm may well
// run projects of its own. readable is false where no file can be read.
func EngineOf(_ context.Context, o Options) (kind EngineKind, readable bool) {
	if o.Engine != "" {
		return o.Engine, true
	}
	found, err := o.resolve()
	if err != nil || len(found.ConfigPaths) == 0 || slices.Contains(found.ConfigPaths, "-") {
		return "", false
	}
	said, err := lastIn(found.ConfigPaths, named.engine)
	if err != nil || said != "" && !slices.Contains(EngineKinds(), EngineKind(said)) {
		return "", false
	}
	return EngineKind(said), true
}
