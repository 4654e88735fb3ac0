package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/docker/cli/cli-plugins/metadata"
)

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		docker         bool // run by `docker`
	}{
		{name: "nothing", in: "x", want: "x bluegreen"},
		{name: "a verb", in: "x up --build", want: "x bluegreen up --build"},
		{name: "Docker's flags move to the front", in: "x -f a.yml -H tcp://h -D --context=c up -f b", want: "x --host=tcp://h --debug=true --context=c bluegreen --file=a.yml up -f b"},
		{name: "an unknown flag is left to complain about", in: "x -H h --nonsense up", want: "x bluegreen  -H h --nonsense up"},
		{name: "so is a bad value", in: "x --progress fancy up", want: "x bluegreen  --progress fancy up"},
		{name: "help", in: "x -H h --help", want: "x --host=h bluegreen --help=true"},
		{name: "completion", in: "x __complete -f a.yml up ", want: "x __complete bluegreen --file=a.yml up "},
		{name: "metadata", in: "x docker-cli-plugin-metadata", want: "x docker-cli-plugin-metadata"},
		{name: "by docker", docker: true, in: "x -H h bluegreen up", want: "x -H h bluegreen up"},
		{name: "by docker, its flag after the name", docker: true, in: "x bluegreen --context c -f a up", want: "x --context=c bluegreen --file=a up"},
		{name: "by docker, with a context of that name", docker: true, in: "x --context bluegreen bluegreen up", want: "x --context bluegreen bluegreen up"},
		{name: "by docker, completion", docker: true, in: "x __complete bluegreen u", want: "x __complete bluegreen u"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(metadata.ReexecEnvvar, "")
			if c.docker {
				t.Setenv(metadata.ReexecEnvvar, "docker")
			}
			if got := Arguments(strings.Split(c.in, " ")); !slices.Equal(got, strings.Split(c.want, " ")) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
