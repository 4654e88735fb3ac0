package command

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
)

func configCommand(a *app) *cobra.Command {
	var format string
	var proxy bool
	cmd := &cobra.Command{
		Use:   "config [OPTIONS]",
		Short: "Show the project as it is understood",
		Long: `Show what the Compose file means here: the pairs and their routes, one-shot
services, shared services, the proxy; and, where the proxy's settings are your
own, the lines that they must have. It asks no engine. A broken rule gives exit
code 8, with the place in the file and the fix; so does what a Swarm cannot do, where the
project is to run on one.

With --proxy it shows the proxy's settings alone: those that are generated, or
those lines. Traefik's routes stand in a file of their own, and come after them.`,
		Example: `  docker bluegreen config
  docker bluegreen config --format json
  docker bluegreen config --proxy`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := compose.Load(cmd.Context(), a.globals.project)
			if err != nil {
				return a.status(err)
			}
			remarks := p.Remarks
			if p.Engine == compose.Swarm {
				stack, err := swarm.Map(p)
				if err != nil {
					return a.status(err)
				}
				remarks = append(remarks, stack.Remarks...)
			}
			for _, remark := range remarks {
				_, _ = fmt.Fprintln(a.cli.Err(), "remark: "+remark)
			}
			return a.status(a.print(format, func(out io.Writer) error {
				if proxy {
					_, err := io.WriteString(out, proxySettings(p.Model))
					return err
				}
				return display.One(out, format, p.Model, func() string { return understood(p.Model) })
			}))
		},
	}
	formatFlag(cmd, &format)
	cmd.Flags().BoolVar(&proxy, "proxy", false, "Show the proxy's settings")
	return cmd
}

// understood is the project as text, with the lines that a user's own proxy
// settings must have.
func understood(m compose.Model) string {
	text := display.Model(m)
	if !m.Proxy.Generated {
		text += "\n" + ownSettings(m)
	}
	return text
}
