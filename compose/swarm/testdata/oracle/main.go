// Program oracle asks docker/cli what `docker stack deploy` makes of each line
// of services.txt, and writes its answers, which the tests of compose/swarm
// hold ours against. It is a module of its own, so that the plugin does not
// require what it needs.
//
//	cd compose/swarm/testdata/oracle && go run .
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/docker/cli/cli/compose/convert"
	"github.com/docker/cli/cli/compose/loader"
	"github.com/docker/cli/cli/compose/types"
	"github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"
)

// A registry answers which configs and secrets a Swarm has: those that the
// files name.
type registry struct{ client.APIClient }

func (registry) SecretList(context.Context, client.SecretListOptions) (client.SecretListResult, error) {
	var found client.SecretListResult
	for _, name := range []string{"own-secret", "corp-secret"} {
		found.Items = append(found.Items, swarm.Secret{Spec: swarm.SecretSpec{Annotations: swarm.Annotations{Name: name}}})
	}
	return found, nil
}

func (registry) ConfigList(context.Context, client.ConfigListOptions) (client.ConfigListResult, error) {
	var found client.ConfigListResult
	for _, name := range []string{"own-config", "corp-config"} {
		found.Items = append(found.Items, swarm.Config{Spec: swarm.ConfigSpec{Annotations: swarm.Annotations{Name: name}}})
	}
	return found, nil
}

type answers struct {
	Services map[string]swarm.ServiceSpec
	Networks map[string]client.NetworkCreateOptions
	Configs  []swarm.ConfigSpec
	Secrets  []swarm.SecretSpec
}

var space = convert.NewNamespace("shop")

func main() {
	lines := strings.Split(must(os.ReadFile("services.txt")), "\n")
	top := must(os.ReadFile("top.yml"))
	directory, err := os.MkdirTemp("", "oracle")
	check(err)
	check(os.WriteFile(filepath.Join(directory, "data.txt"), []byte("some data"), 0o600))

	all := answers{Services: map[string]swarm.ServiceSpec{}}
	for _, line := range lines {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		config := load(directory, top+"services:\n  app: {image: 'app:1', "+line+"}\n")
		specs, err := convert.Services(context.Background(), space, config, registry{})
		check(err)
		all.Services[line] = specs["app"]
		all.rest(config)
	}
	text, err := json.MarshalIndent(all, "", " ")
	check(err)
	check(os.WriteFile("answers.json", []byte(strings.ReplaceAll(string(text), directory, "DIRECTORY")+"\n"), 0o644))
	check(os.RemoveAll(directory))
}

func load(directory, text string) *types.Config {
	parsed, err := loader.ParseYAML([]byte(text))
	check(err)
	config, err := loader.Load(types.ConfigDetails{
		WorkingDir: directory, ConfigFiles: []types.ConfigFile{{Filename: "compose.yml", Config: parsed}},
		Environment: map[string]string{"HOME": "/home/app"},
	})
	check(err)
	return config
}

// rest converts what the top level has.
func (a *answers) rest(config *types.Config) {
	var err error
	used := map[string]struct{}{"back": {}, "named": {}, "corp": {}, "default": {}}
	a.Networks, _ = convert.Networks(space, config.Networks, used)
	a.Configs, err = convert.Configs(space, config.Configs)
	check(err)
	a.Secrets, err = convert.Secrets(space, config.Secrets)
	check(err)
}

func must(text []byte, err error) string {
	check(err)
	return string(text)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
