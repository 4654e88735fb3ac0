package command

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/compose"
)

func psCommand(a *app) *cobra.Command {
	var of selection
	var format string
	var quiet bool
	cmd := &cobra.Command{
		Use:   "ps [OPTIONS] [SERVICE…]",
		Short: "List the project's containers",
		Long: `List the project's containers, stopped ones too, with the colour that each belongs
to; or those of some services, or of one colour.`,
		Example: `  docker bluegreen ps
  docker bluegreen ps --colour active
  docker bluegreen ps --colour idle --format '{{.Name}} {{.Status}}'`,
		ValidArgsFunction: a.completeServices,
		RunE: func(cmd *cobra.Command, services []string) error {
			of.services = services
			return look(a, cmd, useFile, func(ctx context.Context, p *project) ([]display.Container, error) {
				return p.list(ctx, of)
			}, func(containers []display.Container) error {
				if quiet {
					return printIDs(a.cli.Out(), containers)
				}
				return a.print(format, func(out io.Writer) error {
					return display.Containers(out, format, containers)
				})
			})
		},
	}
	of.install(cmd)
	formatFlag(cmd, &format)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "Print container ids only")
	return cmd
}

func printIDs(out io.Writer, containers []display.Container) error {
	for _, c := range containers {
		if _, err := fmt.Fprintln(out, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// list finds the containers of a selection.
func (p *project) list(ctx context.Context, of selection) ([]display.Container, error) {
	services, err := p.choose(ctx, of)
	if err != nil {
		return nil, err
	}
	members, err := p.members(ctx)
	if err != nil {
		return nil, err
	}
	all, err := p.engine.Observe(ctx)
	if err != nil {
		return nil, err
	}
	chosen := []display.Container{}
	for _, c := range all {
		if len(services) == 0 || slices.Contains(services, c.Service) {
			chosen = append(chosen, display.Container{Container: c, Colour: colourOf(members, c.Service)})
		}
	}
	return chosen, nil
}

// colourOf is the colour that a service belongs to; a job of both has none.
func colourOf(members map[compose.Colour][]string, service string) compose.Colour {
	blue := slices.Contains(members[compose.Blue], service)
	switch green := slices.Contains(members[compose.Green], service); {
	case blue && !green:
		return compose.Blue
	case green && !blue:
		return compose.Green
	default:
		return ""
	}
}
