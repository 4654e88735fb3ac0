package swarm

import (
	"context"
	"fmt"
	"io"
	"strings"

	api "github.com/moby/moby/api/types/swarm"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/attach"
)

// proveControl finds whether the control task of this manager, once it runs with
// an image, has the tools; *compose.InvalidError where it has not.
func (e *Engine) proveControl(ctx context.Context, image string) error {
	container, err := e.reach(ctx, func(t api.Task) bool { return t.Spec.ContainerSpec != nil && t.Spec.ContainerSpec.Image == image })
	if err != nil {
		return err
	}
	said, err := e.checkTools(ctx, container)
	if err != nil {
		return e.explain("look for tools in the proxy's image", err)
	}
	if tools, missing := strings.CutPrefix(said, "missing "); missing {
		return &compose.InvalidError{
			Service: e.proxyName(), Problem: fmt.Sprintf("the image %s lacks %s, with which the proxies are told what to serve", image, tools),
			Fix: "use an image with awk and bash, or with busybox: the official haproxy images are such",
		}
	}
	return nil
}

// checkTools is what the check says on stderr.
func (e *Engine) checkTools(ctx context.Context, container string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, controlPatience)
	defer cancel()
	stream, err := attach.Exec(ctx, e.api(), container, []string{"sh", "-c", compose.ControlTools})
	if err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = stream.Close() })
	defer stop()
	_, err = io.Copy(io.Discard, stream.Stdout())
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	closed := stream.Close() // what it has said is there whole then
	if err == nil {
		err = closed
	}
	return strings.TrimSpace(stream.Stderr()), err
}

// proxyName is the proxy's service in the file; "" without a file.
func (e *Engine) proxyName() string {
	if e.source == nil {
		return ""
	}
	return e.source.Proxy.Service
}
