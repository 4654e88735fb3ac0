package local

import (
	"context"
	"fmt"

	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/attach"
)

// Exec runs cmd in a running container, attached, in two requests. ctx bounds
// the opening alone.
func (e *Engine) Exec(ctx context.Context, containerID string, cmd []string) (compose.Stream, error) {
	s, _, err := e.exec(ctx, containerID, client.ExecCreateOptions{AttachStdin: true, Cmd: cmd})
	if err != nil {
		return nil, fmt.Errorf("run %s in container %s: %w", cmd[0], short(containerID), err)
	}
	return s, nil
}

// exec attaches to a process; id is the engine's name of it.
func (e *Engine) exec(
	ctx context.Context, containerID string, options client.ExecCreateOptions,
) (s *attach.Stream, id string, err error) {
	options.AttachStdout, options.AttachStderr = true, true
	made, err := e.api().ExecCreate(ctx, containerID, options)
	if err != nil {
		return nil, "", err
	}
	attached, err := e.api().ExecAttach(ctx, made.ID, client.ExecAttachOptions{})
	if err != nil {
		return nil, "", err
	}
	return attach.New(attached.HijackedResponse, func() error { return nil }), made.ID, nil
}
