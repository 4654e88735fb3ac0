package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/cli/cli/command"
	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Once runs a service of a file to its end, in a container of its own as
// `docker compose run` makes it, with further variables ("NAME=value") in its
// environment; its output goes to out. The engine removes the container when
// it has ended, also when this process is gone by then; when ctx ends it is
// killed. An image that the engine lacks is built or pulled. The error of a
// service that ended with another code than zero says which.
func (e *Engine) Once(ctx context.Context, file *compose.Project, service string, env []string, out io.Writer) error {
	err := e.once(ctx, file, service, env, out)
	if err == nil || isExit(err) {
		return err
	}
	return fmt.Errorf("run %s: %w", service, err)
}

func (e *Engine) once(ctx context.Context, file *compose.Project, service string, env []string, out io.Writer) error {
	var made string
	maker := New(passing{Cli: e.cli, made: &made}, e.name, file, e.report)
	if _, err := maker.Resolve(ctx, []string{service}, compose.ImagePolicy{}); err != nil {
		return err
	}
	err := maker.makeOnce(ctx, service, env)
	if made == "" {
		return err
	}
	if err == nil {
		err = e.runOnce(ctx, made, out)
	}
	if err != nil && !isExit(err) {
		err = errors.Join(err, e.discard(ctx, made))
	}
	return err
}

// makeOnce lets the SDK make the container.
func (e *Engine) makeOnce(ctx context.Context, service string, env []string) error {
	p, err := e.narrow([]string{service})
	if err != nil {
		return err
	}
	slug := strings.ToLower(rand.Text()[:12])
	s := p.Services[service]
	s.SetScale(1)
	s.ContainerName = strings.Join([]string{e.name, service, "run", slug}, api.Separator)
	s.Ports, s.Restart, s.Tty = nil, "", false
	if s.Deploy != nil {
		s.Deploy.RestartPolicy = nil
	}
	s.CustomLabels = s.CustomLabels.Add(api.OneoffLabel, "True").Add(api.SlugLabel, slug).Add(compose.HelperLabel, e.name)
	if s.Environment == nil {
		s.Environment = types.MappingWithEquals{}
	}
	s.Environment.OverrideBy(types.NewMappingWithEquals(env))
	p.Services[service] = s
	return e.make(ctx, p, api.CreateOptions{
		Services: []string{service}, Recreate: api.RecreateNever, RecreateDependencies: api.RecreateNever,
	})
}

// runOnce starts a container and follows it to its end. Who asks for its exit,
// or its output, after the start may find it gone.
func (e *Engine) runOnce(ctx context.Context, id string, out io.Writer) error {
	attached, err := e.api().ContainerAttach(ctx, id, client.ContainerAttachOptions{Stream: true, Stdout: true, Stderr: true})
	if err != nil {
		return err
	}
	defer attached.Close()
	defer context.AfterFunc(ctx, attached.Close)() // frees the reading
	end := e.await(ctx, id, container.WaitConditionRemoved)
	if _, err := e.api().ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
		return err
	}
	_, err = stdcopy.StdCopy(out, out, attached.Reader)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	select {
	case err := <-end.Error:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case result := <-end.Result:
		if result.StatusCode != 0 {
			return &exitError{code: int(result.StatusCode)}
		}
		return nil
	}
}

// exitError tells with what code a container has ended, and that it has.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exited with code %d", e.code) }

func isExit(err error) bool {
	_, is := errors.AsType[*exitError](err)
	return is
}

// passing is a command line whose engine client makes containers that the
// engine removes when they have ended, and tells which it made.
type passing struct {
	command.Cli
	made *string
}

func (p passing) Client() client.APIClient {
	return passingClient{APIClient: p.Cli.Client(), made: p.made}
}

type passingClient struct {
	client.APIClient
	made *string
}

func (c passingClient) ContainerCreate(ctx context.Context, options client.ContainerCreateOptions) (client.ContainerCreateResult, error) {
	options.HostConfig.AutoRemove = true
	made, err := c.APIClient.ContainerCreate(ctx, options)
	*c.made = made.ID
	return made, err
}
