package attach

import (
	"context"

	"github.com/moby/moby/client"
)

// Exec runs cmd in a running container with its input attached, in two
// requests. ctx bounds the opening alone.
func Exec(ctx context.Context, api client.ExecAPIClient, container string, cmd []string) (*Stream, error) {
	made, err := api.ExecCreate(ctx, container, client.ExecCreateOptions{
		AttachStdin: true, AttachStdout: true, AttachStderr: true, Cmd: cmd,
	})
	if err != nil {
		return nil, err
	}
	attached, err := api.ExecAttach(ctx, made.ID, client.ExecAttachOptions{})
	if err != nil {
		return nil, err
	}
	return New(attached.HijackedResponse, func() error { return nil }), nil
}
