package local

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/cli/cli/command"
	"github.com/docker/compose/v5/pkg/api"
	sdk "github.com/docker/compose/v5/pkg/compose"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// sdk opens the Compose SDK for one operation: silent, with its progress in
// events of step, and with every question answered by an error.
func (e *Engine) sdk(step string, cli command.Cli, more ...sdk.Option) (api.Compose, error) {
	p := &progress{engine: e, step: step, said: map[string]string{}, layers: map[string]map[string]bool{}}
	out := &lines{each: p.line}
	service, err := sdk.NewComposeService(cli, append(more,
		sdk.WithPrompt(refuse),
		sdk.WithEventProcessor(p),
		sdk.WithStreams(out, out, strings.NewReader("")))...)
	if err != nil {
		return nil, fmt.Errorf("open the Compose SDK: %w", err)
	}
	return service, nil
}

// withSDK runs one operation of the SDK and reports its warnings as events.
func (e *Engine) withSDK(step string, run func(api.Compose) error) error {
	return e.withSDKOn(e.cli, step, run)
}

func (e *Engine) withSDKOn(cli command.Cli, step string, run func(api.Compose) error, more ...sdk.Option) error {
	service, err := e.sdk(step, cli, more...)
	if err != nil {
		return err
	}
	defer listen(e.report, step)()
	return run(service)
}

// refuse answers the SDK's questions. All of them ask to delete data.
func refuse(question string, _ bool) (bool, error) {
	return false, fmt.Errorf("refused to answer %q", question)
}

// marking is a command line whose engine client writes into the labels of
// containers what the SDK cannot know: each service's dependencies, which it
// takes from the narrowed project, where they are gone, and what a pinned
// service is by the file.
type marking struct {
	command.Cli
	dependencies map[string]types.DependsOnConfig
	pins         map[string]pin
}

func (m marking) Client() client.APIClient {
	return markingClient{APIClient: m.Cli.Client(), dependencies: m.dependencies, pins: m.pins}
}

type markingClient struct {
	client.APIClient
	dependencies map[string]types.DependsOnConfig
	pins         map[string]pin
}

func (c markingClient) ContainerCreate(
	ctx context.Context, options client.ContainerCreateOptions,
) (client.ContainerCreateResult, error) {
	labels := options.Config.Labels
	service := labels[api.ServiceLabel]
	if on, ok := c.dependencies[service]; ok {
		labels[api.DependenciesLabel] = dependenciesLabel(on)
	}
	if pin, ok := c.pins[service]; ok {
		labels[api.ConfigHashLabel], labels[compose.ImageLabel] = pin.hash, pin.ref
	}
	return c.APIClient.ContainerCreate(ctx, options)
}

// dependenciesLabel writes dependencies as Compose does.
func dependenciesLabel(on types.DependsOnConfig) string {
	var words []string
	for service, d := range on {
		words = append(words, fmt.Sprintf("%s:%s:%t", service, d.Condition, d.Restart))
	}
	slices.Sort(words)
	return strings.Join(words, ",")
}
