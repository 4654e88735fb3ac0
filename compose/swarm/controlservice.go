package swarm

import (
	"context"
	"errors"
	"time"

	api "github.com/moby/moby/api/types/swarm"
)

// sleeps is a shell that does nothing until it is told to end: an image need
// have no `sleep infinity`.
const sleeps = "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done"

// controlSpec is the service for an image, in a network.
func (e *Engine) controlSpec(image, network string) api.ServiceSpec {
	now, endless := time.Duration(0), uint64(0)
	labels := map[string]string{stackLabel: e.name, serviceLabel: controlService}
	return api.ServiceSpec{
		Annotations: api.Annotations{Name: e.qualified(controlService), Labels: labels},
		Mode:        api.ServiceMode{Global: &api.GlobalService{}},
		TaskTemplate: api.TaskSpec{
			ContainerSpec: &api.ContainerSpec{
				Image: image, Labels: map[string]string{stackLabel: e.name}, Command: []string{"sh", "-c", sleeps}, ReadOnly: true,
				CapabilityDrop: []string{"ALL"}, StopSignal: "SIGTERM", // a proxy's image may have a gentler one
			},
			Networks:      []api.NetworkAttachmentConfig{{Target: network}},
			Placement:     &api.Placement{Constraints: []string{"node.role==manager"}},
			RestartPolicy: &api.RestartPolicy{Condition: api.RestartPolicyConditionAny, Delay: &now, MaxAttempts: &endless},
		},
		// All at once: a command waits for the one on its manager, and nobody is served by them.
		UpdateConfig: &api.UpdateConfig{Parallelism: 0, FailureAction: api.UpdateFailureActionContinue, Order: api.UpdateOrderStopFirst},
		EndpointSpec: &api.EndpointSpec{Mode: api.ResolutionModeDNSRR},
	}
}

// ensureControl makes the control service where there is none, or gives it the
// proxy's image. Without its tools there is no way to the proxies: then it stays
// what it was.
func (e *Engine) ensureControl(ctx context.Context, image string) error {
	network, err := e.ensureControlNetwork(ctx)
	if err != nil {
		return err
	}
	found, err := e.services(ctx)
	if err != nil {
		return err
	}
	former, had := found[controlService]
	if err := e.ensureService(ctx, controlService, e.controlSpec(image, network)); err != nil {
		return err
	}
	if had && former.Spec.Labels[provenLabel] == image {
		return nil
	}
	err = e.prove(ctx, image)
	if err == nil {
		err = e.proven(ctx, image)
	}
	if err != nil {
		back, cancel := context.WithTimeout(context.WithoutCancel(ctx), controlPatience)
		defer cancel()
		return errors.Join(err, e.formerControl(back, former, had))
	}
	return nil
}

// provenLabel of the control service names the image that has been proven, so
// that one whose proof was cut off is proven by the next command.
const provenLabel = "bluegreen.proven"

// proven notes that an image is of use.
func (e *Engine) proven(ctx context.Context, image string) error {
	found, err := e.services(ctx)
	if err != nil {
		return err
	}
	return e.update(ctx, found[controlService], func(now *api.ServiceSpec) { now.Labels[provenLabel] = image })
}

// formerControl puts the control service back to what it was.
func (e *Engine) formerControl(ctx context.Context, former api.Service, had bool) error {
	found, err := e.services(ctx)
	now, there := found[controlService]
	switch {
	case err != nil || !there:
		return err
	case had:
		return e.update(ctx, now, func(spec *api.ServiceSpec) { *spec = former.Spec })
	default:
		return e.removeService(ctx, now)
	}
}

// remakeControl makes the control service from the image of the proxy's.
func (e *Engine) remakeControl(ctx context.Context) error {
	s, found, err := e.proxyService(ctx)
	if err != nil {
		return err
	}
	if !found || s.Spec.TaskTemplate.ContainerSpec == nil {
		return e.explain("make the control service again", errGone)
	}
	return e.ensureControl(ctx, s.Spec.TaskTemplate.ContainerSpec.Image)
}
