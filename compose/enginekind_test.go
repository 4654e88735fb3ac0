package compose

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

func TestEngineOf(t *testing.T) {
	named := strings.Replace(smallest, "name: shop\n", "name: shop\nx-bluegreen: {engine: swarm}\n", 1)
	local := strings.Replace(named, "engine: swarm", "engine: local", 1)
	for name, test := range map[string]struct {
		files map[string]string
		o     Options
		kind  EngineKind
		read  bool
	}{
		"the file says it":        {map[string]string{"compose.yml": named}, Options{}, Swarm, true},
		"the file says nothing":   {map[string]string{"compose.yml": smallest}, Options{}, "", true},
		"the option wins":         {map[string]string{"compose.yml": named}, Options{Engine: OneEngine}, OneEngine, true},
		"the option alone":        {nil, Options{Engine: Swarm}, Swarm, true},
		"no file":                 {nil, Options{}, "", false},
		"the last file wins":      {map[string]string{"compose.yml": named, "b.yml": local}, Options{Files: []string{"compose.yml", "b.yml"}}, OneEngine, true},
		"a later one that is mum": {map[string]string{"compose.yml": named, "b.yml": "services: {}\n"}, Options{Files: []string{"compose.yml", "b.yml"}}, Swarm, true},
		"a file that is none":     {map[string]string{"compose.yml": "["}, Options{}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			enter(t, test.files)
			kind, read := EngineOf(t.Context(), test.o)
			assert.Equal(t, kind, test.kind)
			assert.Equal(t, read, test.read)
		})
	}
}

func TestTheOptionOverridesTheFilesEngine(t *testing.T) {
	enter(t, map[string]string{"compose.yml": smallest})
	assert.Equal(t, mustLoad(t, Options{Engine: Swarm}).Engine, Swarm)
	assert.Assert(t, mustLoad(t, Options{}).Engine != Swarm)
}

func TestEngineAsAFlag(t *testing.T) {
	var k EngineKind
	assert.NilError(t, k.Set("swarm"))
	assert.Equal(t, k.String(), "swarm")
	assert.Equal(t, k.Type(), "ENGINE")
	assert.Error(t, k.Set("kubernetes"), `"kubernetes" is no engine: local or swarm`)
	assert.Equal(t, k, Swarm, "it stays as it was")
}
