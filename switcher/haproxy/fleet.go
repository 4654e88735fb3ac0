package haproxy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/cluster"
)

// FleetDoors opens the lines to a project's HAProxies on a Swarm. It implements
// switcher.Doors.
type FleetDoors struct{ cluster.Door }

// Enter implements switcher.Doors.
func (d FleetDoors) Enter(_ context.Context, proxy compose.Container) (switcher.Control, error) {
	return &fleet{Line: d.Open(proxy.Service, true)}, nil
}

// EnterStopped implements switcher.Doors.
func (d FleetDoors) EnterStopped(_ context.Context, proxy compose.Proxy) (switcher.Control, error) {
	return &fleet{Line: d.Open(proxy.Service, false)}, nil
}

// EnterBeside implements switcher.Doors: each instance has a network of its own.
func (d FleetDoors) EnterBeside(ctx context.Context, proxy compose.Container) (switcher.Control, error) {
	return d.Enter(ctx, proxy)
}

// EnterNext implements switcher.Doors.
func (d FleetDoors) EnterNext(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	return d.EnterStopped(ctx, proxy)
}

// Dial implements switcher.Doors: it leads to an instance that runs.
func (d FleetDoors) Dial(ctx context.Context, _ string, port int) (net.Conn, error) {
	return d.Door.Dial(ctx, port)
}

// Joins implements switcher.Doors.
func (FleetDoors) Joins(compose.Proxy, []string) error { return nil }

// Alone implements switcher.Doors.
func (FleetDoors) Alone(compose.Proxy) string {
	return "runs as instances that a Swarm replaces one after the other"
}

// fleet is an open line to all instances of a project's HAProxy.
type fleet struct{ *cluster.Line }

var _ switcher.Control = (*fleet)(nil)

// reply is what one instance has said.
type reply struct {
	id, node, text string
}

// ask sends commands to each instance and returns what each answers. A refusal
// by one is an error that names its node.
func (f *fleet) ask(ctx context.Context, commands ...string) ([]reply, error) {
	answers, err := f.Ask(ctx, controlPort, func(compose.Instance) string { return strings.Join(commands, ";") })
	return replies(answers, err)
}

func replies(answers []cluster.Answer, err error) ([]reply, error) {
	if err != nil {
		return nil, err
	}
	said := make([]reply, 0, len(answers))
	for _, a := range answers {
		if refusal := complaint(a.Text); refusal != "" {
			return nil, fmt.Errorf("on %s: %w", a.Instance.Node, &refusalError{refusal})
		}
		said = append(said, reply{id: a.Instance.ID, node: a.Instance.Node, text: a.Text})
	}
	return said, nil
}

// path is a file of the tool's in an instance.
func (f *fleet) path(ctx context.Context, file string) (string, error) {
	m, err := f.Model(ctx)
	if err != nil {
		return "", err
	}
	if m == nil {
		return "", errNoModel
	}
	return m.Proxy.Directory() + "/" + file, nil
}

var errNoModel = errors.New("no project is recorded in the Swarm")

// files are what an instance of a model has mounted, and their hash.
func (f *fleet) files(ctx context.Context, m compose.Model) (map[string]string, string, error) {
	subnet, err := f.Swarm.ControlSubnet(ctx)
	if err != nil {
		return nil, "", err
	}
	token, err := f.Token(ctx)
	if err != nil {
		return nil, "", err
	}
	m.Proxy.Control = subnet
	files := SwarmFiles(m, token)
	text, err := json.Marshal(files)
	sum := sha256.Sum256(text)
	return files, hex.EncodeToString(sum[:8]), err
}

// Configure implements switcher.Proxy: for instances that start from now on.
func (f *fleet) Configure(ctx context.Context, m compose.Model) error {
	files, hash, err := f.files(ctx, m)
	if err == nil {
		err = f.Swarm.Configure(ctx, m.Proxy.Kind, files, hash)
	}
	return f.Errors.Wrap("make its settings", err)
}

// Outdated implements switcher.Proxy.
func (f *fleet) Outdated(ctx context.Context, m compose.Model) (bool, error) {
	_, wanted, err := f.files(ctx, m)
	if err != nil {
		return false, f.Errors.Wrap("compare its settings", err)
	}
	has, err := f.Swarm.SettingsHash(ctx)
	return has != wanted, f.Errors.Wrap("compare its settings", err)
}

// Unopened implements switcher.Proxy: settings that differ are a matter of
// Reload.
func (*fleet) Unopened(context.Context, compose.Model) ([]int, error) { return nil, nil }

// Reload implements switcher.Proxy. An instance reads its settings when it
// starts, and only then: the instances are replaced, one after the other.
func (f *fleet) Reload(ctx context.Context) error {
	err := f.Swarm.ReplaceSettings(ctx)
	var unhealthy *compose.UnhealthyError
	if errors.As(err, &unhealthy) {
		return &switcher.ReplaceError{Proxy: f.Errors.Proxy, Former: "the former ones", Err: err, Failures: unhealthy.Failures}
	}
	return f.Errors.Wrap("replace its instances", err)
}

// Verify implements switcher.Proxy: settings on a Swarm are generated.
func (*fleet) Verify(context.Context, compose.Model) error { return nil }

// Divides implements switcher.Proxy.
func (*fleet) Divides(context.Context, compose.Model) error { return nil }

// Secure implements switcher.Proxy.
func (*fleet) Secure(_ context.Context, m compose.Model) ([]int, error) {
	return m.Proxy.EndsTLS(), nil
}

// Previews implements switcher.Preview.
func (*fleet) Previews(_ context.Context, m compose.Model) (bool, error) {
	return m.Preview != compose.PreviewOff, nil
}

// SetToken implements switcher.Preview. Instances have it with their settings, so
// it is no other one before they are replaced.
func (f *fleet) SetToken(ctx context.Context, token string) error {
	return f.SaveToken(ctx, token)
}

// Maintenance implements switcher.Upkeep: there is none on a Swarm.
func (*fleet) Maintenance(context.Context) (*switcher.Maintenance, bool, error) {
	return nil, true, nil
}

// Maintain implements switcher.Upkeep; nobody plans it on a Swarm.
func (*fleet) Maintain(context.Context, *switcher.Maintenance) error { return nil }

// Countable implements switcher.Counters.
func (*fleet) Countable(context.Context, compose.Model) error { return nil }

// EndSignal implements switcher.Handover.
func (*fleet) EndSignal() string { return endSignal }

// Accepts implements switcher.Handover.
func (*fleet) Accepts(context.Context, compose.Model, []string) error { return nil }

// HandOn implements switcher.Handover.
func (*fleet) HandOn(context.Context) error { return nil }

// Probe implements switcher.Handover.
func (*fleet) Probe(context.Context, compose.Model, compose.Colour) error { return nil }

// Take implements switcher.Handover.
func (*fleet) Take(context.Context) error { return nil }

// Alone implements switcher.Handover.
func (*fleet) Alone(context.Context) error { return nil }

// Former implements switcher.Handover.
func (*fleet) Former(context.Context) (switcher.InFlight, error) { return switcher.InFlight{}, nil }
