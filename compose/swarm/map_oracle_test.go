package swarm

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"
	"gotest.tools/v3/assert"
)

// answers are what `docker stack deploy` makes of the lines of services.txt:
// testdata/oracle/main.go has asked docker/cli.
type answers struct {
	Services map[string]api.ServiceSpec
	Networks map[string]client.NetworkCreateOptions
	Configs  []api.ConfigSpec
	Secrets  []api.SecretSpec
}

// anOracle reads what a file has at the top level, and the answers about its
// services, as they are in the directory that is entered next.
func anOracle(t *testing.T) (top string, theirs answers) {
	t.Helper()
	t.Setenv("HOME", "/home/app")
	read := func(name string) []byte {
		content, err := os.ReadFile("testdata/oracle/" + name)
		assert.NilError(t, err)
		return content
	}
	assert.NilError(t, json.Unmarshal(read("answers.json"), &theirs))
	asked := slices.DeleteFunc(strings.Split(string(read("services.txt")), "\n"), func(line string) bool {
		return line == "" || strings.HasPrefix(line, "#")
	})
	assert.Equal(t, len(theirs.Services), len(asked), "ask again: see testdata/oracle/main.go")
	return string(read("top.yml")), theirs
}

// plain is a value as JSON without what is empty, which means what leaving it
// out does.
func plain(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	assert.NilError(t, err)
	directory, err := os.Getwd()
	assert.NilError(t, err)
	var data any
	assert.NilError(t, json.Unmarshal([]byte(strings.ReplaceAll(string(text), directory, "DIRECTORY")), &data))
	return filled(data)
}

func filled(data any) any {
	switch v := data.(type) {
	case map[string]any:
		all := map[string]any{}
		for key, value := range v {
			if key == "Global" || key == "GlobalJob" {
				all[key] = "yes"
			} else if kept := filled(value); kept != nil {
				all[key] = kept
			}
		}
		if len(all) > 0 {
			return all
		}
	case []any:
		var all []any
		for _, value := range v {
			if kept := filled(value); kept != nil {
				all = append(all, kept)
			}
		}
		if len(all) > 0 {
			return all
		}
	case string, float64, bool:
		if v != "" && v != 0.0 && v != false {
			return v
		}
	}
	return nil
}

func TestServicesAreThoseOfDockerStack(t *testing.T) {
	top, answers := anOracle(t)
	for lines, theirs := range answers.Services {
		t.Run(lines, func(t *testing.T) {
			f := file{top: top, services: "  app: {image: 'app:1', " + lines + "}\n"}
			ours := f.mapped(t).Services["app"]
			if m := theirs.Mode.Replicated; m != nil && m.Replicas == nil {
				m.Replicas = new(uint64(1)) // the Swarm's default
			}
			assert.DeepEqual(t, plain(t, ours), plain(t, theirs))
		})
	}
}

func TestNetworksConfigsAndSecretsAreThoseOfDockerStack(t *testing.T) {
	top, theirs := anOracle(t)
	f := file{top: top, services: "  app: {image: 'app:1', networks: [back, named, corp], configs: [conf, outer], secrets: [sec, outer]}\n"}
	ours := f.mapped(t)

	assert.DeepEqual(t, plain(t, ours.Networks["corp"]), plain(t, Network{Name: "corporation", External: true}))
	delete(ours.Networks, "corp")
	assert.Equal(t, len(ours.Networks), len(theirs.Networks))
	for _, n := range ours.Networks {
		options, found := theirs.Networks[n.Name]
		assert.Assert(t, found, n.Name)
		if options.Driver == "" {
			options.Driver = "overlay" // as its deployment does, later
		}
		assert.DeepEqual(t, plain(t, n.Options), plain(t, options))
	}
	assert.DeepEqual(t, plain(t, ours.Configs), plain(t, theirs.Configs))
	assert.DeepEqual(t, plain(t, ours.Secrets), plain(t, theirs.Secrets))
}
