package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The flags that several verbs have in common, worded once.

func lockFlag(set *pflag.FlagSet, o *switcher.Options) {
	set.Var((*span)(&o.LockWait), "lock-wait", "Wait so long for another release to end, instead of failing at once")
}

func hooksFlag(set *pflag.FlagSet, o *switcher.Options) {
	set.BoolVar(&o.NoHooks, "no-hooks", false, "Run none of the file's hooks, in an emergency")
}

func probeFlag(set *pflag.FlagSet, o *switcher.Options) {
	set.BoolVar(&o.NoProbe, "no-probe", false, "Send no requests to see what visitors get while the traffic moves")
}

func checksFlag(set *pflag.FlagSet, o *switcher.Options) {
	set.BoolVar(&o.NoChecks, "no-checks", false, "Make none of the file's checks, in an emergency")
}

func waitFlag(set *pflag.FlagSet, o *switcher.Options) {
	set.Var((*span)(&o.Wait), "wait-timeout", "How long replicas may take to become ready (default 60s, or the file's)")
}

func drainFlags(set *pflag.FlagSet, o *switcher.Options) {
	set.Var((*span)(&o.Drain), "drain-timeout", "How long to wait for sessions in flight to end (default 30s, or the file's)")
	set.BoolVar(&o.Cut, "cut", false, "After the drain timeout, cut the sessions that are left (else nothing is cut)")
}

func stopOldFlag(set *pflag.FlagSet, stop *bool, after *time.Duration) {
	set.Var(&stopOld{now: stop, after: after}, "stop-old", "Stop the former colour once it is drained (no value), or by the first command after a `TIME` (10m), or never (default the file's retire, else never)")
	set.Lookup("stop-old").NoOptDefVal = stopNow
}

func keepFlag(set *pflag.FlagSet, keep **int) {
	set.Var(amountValue{keep}, "keep", "How many old releases keep their images afterwards (default 3, or the file's)")
}

// releaseFlag brings up what was released before.
func (a *app) releaseFlag(cmd *cobra.Command, release *string) {
	cmd.Flags().StringVar(release, "release", "", "Bring up the images of an earlier release, by its `ID` or the beginning of it, with the file's settings")
	completeFlag(cmd, "release", a.completeReleases)
}

// releaseAlone refuses what would say twice which images come up.
func releaseAlone(cmd *cobra.Command) error {
	if given := cmd.Flags().Lookup("release"); given.Changed && given.Value.String() == "" {
		return status(wrong(cmd, "--release is empty: name a release that the history lists"))
	}
	for _, other := range []string{"image", "build", "pull"} {
		if cmd.Flags().Changed("release") && cmd.Flags().Changed(other) {
			return status(wrong(cmd, fmt.Sprintf("--release and --%s: the release says which images come up", other)))
		}
	}
	return nil
}

func bakeFlag(set *pflag.FlagSet, bake **time.Duration) {
	set.Var(&optionalSpan{bake}, "bake", "Watch the new colour so long after the switch, and roll back by itself when it is worse (default the file's, else not at all)")
}

// upFlags are those of up and deploy.
func upFlags(set *pflag.FlagSet, o *switcher.UpOptions, file *overrides) {
	set.BoolVar(&o.Images.Build, "build", false, "Build images before containers are made")
	pullFlag(set, &o.Images.Pull)
	set.BoolVar(&o.Shared, "shared", false, "Bring shared services to what the file says too")
	set.BoolVarP(&o.Yes, "yes", "y", false, "On a Swarm: agree to replacing the proxy's instances one after the other, where their settings change")
	file.install(set)
	waitFlag(set, &o.Options)
	drainFlags(set, &o.Options)
	lockFlag(set, &o.Options)
	hooksFlag(set, &o.Options)
	checksFlag(set, &o.Options)
}

func pullFlag(set *pflag.FlagSet, pull *compose.Pull) {
	set.Var((*pullPolicy)(pull), "pull", "Pull images: always (the same as no value), missing, or never (default each service's pull_policy)")
	set.Lookup("pull").NoOptDefVal = string(compose.PullAlways)
}

// overrides are what the command line says in the file's place.
type overrides struct {
	images   map[string]string
	replicas map[string]int
}

func (v *overrides) install(set *pflag.FlagSet) {
	set.StringToStringVar(&v.images, "image", nil, "Run another image in a pair, `PAIR=REF`; repeatable")
	set.StringToIntVar(&v.replicas, "scale", nil, "Run another number of replicas of a pair, `PAIR=N`; repeatable")
	for _, name := range []string{"image", "scale"} {
		set.Lookup(name).DefValue = "" // help would show it as "[]"
	}
}

// apply edits the loaded file.
func (v *overrides) apply(p *compose.Project) error {
	for pair, ref := range v.images {
		if err := p.SetImage(pair, ref); err != nil {
			return &usageError{problem: err.Error(), fix: "write --image PAIR=REF"}
		}
	}
	for pair, n := range v.replicas {
		if err := p.SetReplicas(pair, n); err != nil {
			return &usageError{problem: err.Error(), fix: "write --scale PAIR=N"}
		}
	}
	return nil
}
