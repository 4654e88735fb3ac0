package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func proxyUpgradeCommand(a *app) *cobra.Command {
	var options switcher.UpgradeOptions
	cmd := &cobra.Command{
		Use:   "upgrade [OPTIONS]",
		Short: "Replace the proxy where it differs from the file",
		Long: `Replace the proxy's container by what the Compose file says now: another image,
command, mounts or environment. Where only settings differ, they are reloaded;
a port that Traefik opens only when it starts needs a new container, too. What
has changed inside a file of your own does not show in the container: HAProxy takes it
by proxy reload, a Traefik's static settings need --force.

With a holder, a service that owns the network and the published ports, no
request is lost: the new proxy takes over beside the former one and proves
itself (settings, active colour, replicas, a real request); then the former one
drains and goes. What it still serves after the drain timeout ends by itself;
its container is then removed by a later command. See examples/holder.

Without a holder visitors get no answer for a moment, nor with a Traefik that
has settings of your own. The command says for how long that was the last time,
and asks; in a script, agree by --yes. What is in flight has the drain timeout
to end, and is cut then.

A new proxy that does not prove itself is removed and the former one goes on:
exit code 9, with what the new one said.`,
		Example: `  docker bluegreen proxy upgrade

  # A newer image by the same name; agreed to a gap
  docker bluegreen proxy upgrade --pull --yes

  # Traefik's static settings of your own have changed
  docker bluegreen proxy upgrade --force

  # See what would be done, and whether there is a gap
  docker bluegreen proxy upgrade --dry-run`,
		Args: pullArgument(&options.Images.Pull, noArguments),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.upgradeProxy(cmd, &options) },
	}
	set := cmd.Flags()
	set.BoolVar(&options.Images.Build, "build", false, "Build the proxy's image before its container is made")
	pullFlag(set, &options.Images.Pull)
	set.BoolVar(&options.Force, "force", false, "Replace it also where nothing differs, for what it reads only when it starts")
	set.BoolVarP(&options.Yes, "yes", "y", false, "Agree to a gap, where there is no way without one")
	waitFlag(set, &options.Options)
	drainFlags(set, &options.Options)
	lockFlag(set, &options.Options)
	completePull(cmd)
	return cmd
}

// upgradeProxy asks before it causes a gap, where there is somebody to ask.
func (a *app) upgradeProxy(cmd *cobra.Command, options *switcher.UpgradeOptions) error {
	try := func() error {
		return a.change(cmd, needFile, &options.Options, func(ctx context.Context, p *project) (switcher.Outcome, error) {
			return p.UpgradeProxy(ctx, *options)
		})
	}
	err := try()
	gap, asks := errors.AsType[*switcher.GapError](err)
	if !asks || !a.cli.In().IsTerminal() {
		return err
	}
	if !a.agreed(gap.Error() + ". Go on? [y/N] ") {
		return err
	}
	options.Yes = true
	return try()
}

// agreed puts a question to the person at the terminal.
func (a *app) agreed(question string) bool {
	_, _ = fmt.Fprint(a.cli.Err(), question)
	answer, err := bufio.NewReader(a.cli.In()).ReadString('\n')
	answer = strings.ToLower(strings.TrimSpace(answer))
	return err == nil && (answer == "y" || answer == "yes")
}

// completePull completes --pull.
func completePull(cmd *cobra.Command) {
	completeFlag(cmd, "pull", cobra.FixedCompletions(
		[]string{string(compose.PullAlways), string(compose.PullMissing), string(compose.PullNever)},
		cobra.ShellCompDirectiveNoFileComp))
}
