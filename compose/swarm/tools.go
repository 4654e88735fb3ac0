package swarm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/attach"
)

// pulling is how long a manager may take to pull the proxy's image.
const pulling = 10 * time.Minute

// proveControl finds whether the control task of this manager, once it runs with
// an image, has the tools; *compose.InvalidError where it has not,
// *compose.UnhealthyError where it does not come up.
func (e *Engine) proveControl(ctx context.Context, image string) error {
	ctx, cancel := context.WithTimeout(ctx, pulling)
	defer cancel()
	container, err := e.awaitControl(ctx, image)
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
			Fix: compose.ControlToolsFix,
		}
	}
	return nil
}

// awaitControl blocks until the control task of this manager runs with an image,
// and names its container. A Swarm puts none on a manager that is drained.
func (e *Engine) awaitControl(ctx context.Context, image string) (container string, err error) {
	info, err := e.api().Info(ctx, client.InfoOptions{})
	if err != nil {
		return "", e.explain("ask which manager this is", err)
	}
	here, began := info.Info.Swarm.NodeID, time.Now()
	err = e.until(ctx, func(v view) (bool, error) {
		s := v.services[controlService]
		if failed := hopeless(s, v.tasks); len(failed) > 0 {
			return false, &compose.UnhealthyError{Failures: e.Explain(ctx, failed)}
		}
		placed := false
		for _, t := range v.tasks {
			if t.ServiceID != s.ID || t.NodeID != here || t.Spec.ContainerSpec == nil || t.Spec.ContainerSpec.Image != image {
				continue
			}
			placed = true
			if wanted(t) && t.Status.State == api.TaskStateRunning && t.Status.ContainerStatus != nil {
				container = t.Status.ContainerStatus.ContainerID
				return true, nil
			}
		}
		if !placed && time.Since(began) > controlPatience {
			return false, &ControlError{Node: info.Info.Name, Why: "the Swarm has put none there"}
		}
		return false, nil
	})
	return container, err
}

// checkTools is what the check says on stderr; "" when all are there.
func (e *Engine) checkTools(ctx context.Context, container string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, controlPatience)
	defer cancel()
	stream, err := attach.Exec(ctx, e.api(), container, []string{"sh", "-c", compose.ControlTools + "\necho " + allThere})
	if err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = stream.Close() })
	defer stop()
	out, err := io.ReadAll(stream.Stdout())
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	err = errors.Join(err, stream.Close()) // what it has said is there whole then
	said := strings.TrimSpace(stream.Stderr())
	switch {
	case err != nil || strings.TrimSpace(string(out)) == allThere || strings.HasPrefix(said, "missing "):
		return said, err
	default:
		return "", fmt.Errorf("the check says %q", strings.TrimSpace(string(out)+" "+said))
	}
}

// allThere is what the check says when nothing is missing.
const allThere = "ok"

// proxyName is the proxy's service in the file; "" without a file.
func (e *Engine) proxyName() string {
	if e.source == nil {
		return ""
	}
	return e.source.Proxy.Service
}
