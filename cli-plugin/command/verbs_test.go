package command

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestFlagsBecomeOptions(t *testing.T) {
	all := switcher.Options{LockWait: time.Minute, DryRun: true, Wait: 2 * time.Minute, Drain: 3 * time.Minute, Cut: true, NoHooks: true, NoProbe: true, NoChecks: true}
	some := all // where nothing is awaited
	some.Wait = 0
	const patience = " --dry-run --lock-wait 1m --drain-timeout 3m --cut"
	const wait = " --wait-timeout 2m"
	bare, brief := all, some // where no hooks run
	bare.NoHooks, brief.NoHooks = false, false
	bare.NoChecks, brief.NoChecks = false, false
	bare.NoProbe, brief.NoProbe = false, false
	unprobed := all
	unprobed.NoProbe = false // it moves no traffic
	back := all              // which makes no checks
	back.NoChecks = false
	up := switcher.UpOptions{
		Options: unprobed, Colour: compose.Green, Shared: true,
		Images: compose.ImagePolicy{Build: true, Pull: compose.PullNever},
	}
	deploy := switcher.DeployOptions{UpOptions: up, StopOld: true}
	deploy.NoProbe = true
	for _, c := range []struct {
		line string
		want any
		need need
	}{
		{"up", switcher.UpOptions{}, needFile},
		{"up green --build --pull=never --shared --no-hooks --no-checks" + patience + wait, up, needFile},
		{"up --pull", switcher.UpOptions{Images: compose.ImagePolicy{Pull: compose.PullAlways}}, needFile},
		{"up --pull missing blue", switcher.UpOptions{Colour: compose.Blue, Images: compose.ImagePolicy{Pull: compose.PullMissing}}, needFile},
		{"deploy", switcher.DeployOptions{}, needFile},
		{"deploy green --build --pull never --shared --stop-old --no-hooks --no-probe --no-checks" + patience + wait, deploy, needFile},
		{"switch", switcher.SwitchOptions{}, noFile},
		{"switch blue --stop-old --no-hooks --no-probe --no-checks" + patience, switcher.SwitchOptions{Options: some, Colour: compose.Blue, StopOld: true}, noFile},
		{"switch --canary 10", switcher.SwitchOptions{Steps: []int{10}}, noFile},
		{"switch --steps 5%,25%,100% --step-time 1m --stop-old", switcher.SwitchOptions{Steps: []int{5, 25, 100}, StepTime: time.Minute, StopOld: true}, noFile},
		{"deploy --steps 5,100", switcher.DeployOptions{Steps: []int{5, 100}}, needFile},
		{"canary 10%", switcher.CanaryOptions{Share: 10}, noFile},
		{"canary 0 --no-hooks --dry-run --lock-wait 1m", switcher.CanaryOptions{Options: switcher.Options{LockWait: time.Minute, DryRun: true, NoHooks: true}}, noFile},
		{"rollback", switcher.SwitchOptions{}, noFile},
		{"rollback --stop-old --no-hooks --no-probe" + patience + wait, switcher.SwitchOptions{Options: back, StopOld: true}, noFile},
		{"scale web=3 api=1", switcher.ScaleOptions{Replicas: map[string]int{"web": 3, "api": 1}}, needFile},
		{"scale web=3 --colour green" + patience + wait, switcher.ScaleOptions{Options: bare, Replicas: map[string]int{"web": 3}, Colour: compose.Green}, needFile},
		{"stop", switcher.StopOptions{}, noFile},
		{"stop blue --force" + patience, switcher.StopOptions{Options: brief, Colour: compose.Blue, Force: true}, noFile},
		{"down", compose.DownOptions{}, useFile},
		{"down -v --remove-orphans", compose.DownOptions{Volumes: true, Orphans: true}, useFile},
		{"logs", compose.LogOptions{Tail: "all", Services: []string{}}, useFile},
		{"logs -f -n 5 --since 10m -t", compose.LogOptions{Tail: "5", Services: []string{}, Follow: true, Since: "10m", Timestamps: true}, useFile},
	} {
		t.Run(c.line, func(t *testing.T) {
			f := &fake{}
			if _, errs, err := f.run(t, strings.Fields(c.line)...); err != nil {
				t.Fatal(err, errs)
			}
			if !reflect.DeepEqual(f.asked, c.want) {
				t.Errorf("\ngot  %+v\nwant %+v", f.asked, c.want)
			}
			if f.need != c.need {
				t.Errorf("need %v, want %v", f.need, c.need)
			}
		})
	}
}

func TestGlobalFlagsStandBeforeAndAfterTheVerb(t *testing.T) {
	want := compose.Options{Files: []string{"a.yml", "b.yml"}, Name: "shop", Directory: "/srv", EnvFiles: []string{"x.env"}}
	for _, line := range []string{
		"-f a.yml -f b.yml -p shop --project-directory /srv --env-file x.env switch",
		"-f a.yml -p shop switch -f b.yml --project-directory /srv --env-file x.env",
		"-f a.yml --file b.yml -p shop --project-directory /srv --env-file x.env logs -f",
	} {
		f := &fake{}
		if _, errs, err := f.run(t, strings.Fields(line)...); err != nil {
			t.Fatal(err, errs)
		}
		if !reflect.DeepEqual(f.options, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", line, f.options, want)
		}
	}
}

func TestResultsGoToStdoutAndRemarksToStderr(t *testing.T) {
	f := &fake{}
	out, errs, err := f.run(t, "switch", "--dry-run")
	if err != nil || out != "nothing to do: all is as it should be\n" || errs != "" {
		t.Errorf("%q, %q, %v", out, errs, err)
	}
}

func TestOverridesReachTheFile(t *testing.T) {
	f := &fake{source: twoPairs(t)}
	if _, _, err := f.run(t, "up", "--image", "web=shop:v2", "--scale", "web=5", "--scale", "api=2"); err != nil {
		t.Fatal(err)
	}
	if got := f.source.Source.DisabledServices["web-green"].Image; got != "shop:v2" {
		t.Errorf("image %q", got)
	}
	web, _ := f.source.Pair("web")
	api, _ := f.source.Pair("api")
	if web.Replicas[compose.Blue] != 5 || api.Replicas[compose.Green] != 2 {
		t.Errorf("replicas %v, %v", web.Replicas, api.Replicas)
	}
}

func TestHistoryShowsTheNewestFirst(t *testing.T) {
	f := &fake{records: []switcher.Record{{Action: "up"}, {Action: "switch"}, {Action: "rollback"}}}
	out, _, err := f.run(t, "history", "-n", "2", "--format", "{{.Action}}")
	if err != nil || out != "rollback\nswitch\n" {
		t.Errorf("%q, %v", out, err)
	}
}
