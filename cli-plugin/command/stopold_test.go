package command

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docker/cli/cli/command"
	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestStopOldIsSaidInManyWays(t *testing.T) {
	for _, c := range []struct {
		line string
		want switcher.SwitchOptions
	}{
		{"switch --stop-old", switcher.SwitchOptions{StopOld: true}},
		{"switch --stop-old=true blue", switcher.SwitchOptions{StopOld: true, Colour: compose.Blue}},
		{"switch --stop-old=false", switcher.SwitchOptions{Retire: switcher.NeverRetire}},
		{"switch --stop-old=never", switcher.SwitchOptions{Retire: switcher.NeverRetire}},
		{"switch --stop-old=10m", switcher.SwitchOptions{Retire: 10 * time.Minute}},
		{"switch --stop-old=after,10m", switcher.SwitchOptions{Retire: 10 * time.Minute}},
		{"switch --stop-old after 10m", switcher.SwitchOptions{Retire: 10 * time.Minute}},
		{"switch green --stop-old after 10m", switcher.SwitchOptions{Retire: 10 * time.Minute, Colour: compose.Green}},
		{"rollback --stop-old after 1h", switcher.SwitchOptions{Retire: time.Hour}},
	} {
		f := &fake{}
		args := strings.Fields(c.line)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], ",", " ")
		}
		if _, errs, err := f.run(t, args...); err != nil {
			t.Fatal(c.line, err, errs)
		}
		if !reflect.DeepEqual(f.asked, c.want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", c.line, f.asked, c.want)
		}
	}
	for _, line := range []string{"switch --stop-old=soon", "switch --stop-old=0s", "switch --stop-old after", "switch --stop-old after green", "switch after 10m", "stop --due blue"} {
		if _, _, err := (&fake{}).run(t, strings.Fields(line)...); err == nil {
			t.Errorf("%s was taken", line)
		}
	}
}

func TestKeepAndReleaseReachTheRequest(t *testing.T) {
	f := &fake{source: twoPairs(t)}
	if _, _, err := f.run(t, "deploy", "--keep", "0", "--release", "5a1c"); err != nil {
		t.Fatal(err)
	}
	if o := f.asked.(switcher.DeployOptions); o.Keep == nil || *o.Keep != 0 || o.Release != "5a1c" {
		t.Errorf("%+v", o)
	}
	for _, other := range []string{"--image=web=a", "--build", "--pull"} {
		_, _, err := f.run(t, "up", "--release", "5a1c", other)
		if err == nil || !strings.Contains(err.Error(), "the release says which images come up") {
			t.Errorf("%s: %v", other, err)
		}
	}
	f = &fake{records: []switcher.Record{{Release: "old", Kept: "no: gone"}, {Release: "a1", Kept: "yes"}, {Release: "b2", Kept: "yes"}, {Release: "a1", Kept: "yes"}}}
	a, _ := newApp(t)
	a.open = func(context.Context, command.Cli, compose.Options, need, compose.Reporter) (*project, error) {
		return &project{releaser: f, engine: f}, nil
	}
	cmd := &cobra.Command{}
	cmd.SetContext(t.Context())
	if got, _ := a.completeReleases(cmd, nil, ""); !slices.Equal(got, []string{"a1", "b2"}) {
		t.Errorf("%v", got)
	}
}
