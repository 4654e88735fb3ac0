// Package cluster is the line to a project's proxies on a Swarm: the lock and
// the project's memory lie in the Swarm's raft log, and the proxies are asked
// from a control task, in a network that has only these. What differs between
// kinds of proxies is in their adapters.
package cluster

import (
	"context"
	"encoding/json"
	"net"
	"sync"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Swarm is what a line needs of a Swarm; *swarm.Engine has it.
type Swarm interface {
	// Instances lists the tasks of the proxy that the Swarm wants to run.
	Instances(ctx context.Context) ([]compose.Instance, error)
	// Control runs a command in the control task of this manager.
	Control(ctx context.Context, cmd []string) (compose.Stream, error)

	Record(ctx context.Context, name string) (swarm.Record, error)
	Replace(ctx context.Context, name string, former swarm.Record, value string) (swarm.Record, error)
	ProxyLabels(ctx context.Context) (map[string]string, error)
	SetLabels(ctx context.Context, epoch int, expected, labels map[string]string) error

	Holder(ctx context.Context) (json.RawMessage, error)
	Take(ctx context.Context, holder json.RawMessage, wait time.Duration, lost func(error)) (*swarm.Lease, error)

	ControlSubnet(ctx context.Context) (string, error)
	Configure(ctx context.Context, kind compose.Kind, files map[string]string, hash string) error
	SettingsHash(ctx context.Context) (string, error)
	// ReplaceSettings gives the instances what Configure was told, one after the
	// other; *compose.UnhealthyError tells that one did not come up, and that all
	// have been put back.
	ReplaceSettings(ctx context.Context) error
}

// Door opens the lines to a project's proxies.
type Door struct {
	Swarm   Swarm
	Project string
	Report  compose.Reporter
	// lease is the lock of this command, which all its lines share.
	lease *held
}

// NewDoor makes the door to a project's proxies for one command.
func NewDoor(s Swarm, project string, report compose.Reporter) Door {
	return Door{Swarm: s, Project: project, Report: report, lease: &held{}}
}

// Line is an open line with all that does not depend on the proxy's kind. It
// implements switcher.Lock and switcher.Store.
type Line struct {
	*Lock
	*Store
	Swarm  Swarm
	Errors session.Errors
	Report compose.Reporter
	// Running tells that the proxy's service is there.
	Running bool

	told    sync.Map // ids of instances whose silence has been told
	opening sync.Mutex
	fan     *session.Fan
}

// Open makes a line. Nothing is started before somebody asks a proxy.
func (d Door) Open(service string, running bool) *Line {
	errs := session.Errors{Proxy: service, Causes: true}
	return &Line{
		Lock:  &Lock{swarm: d.Swarm, errors: errs, project: d.Project, held: d.lease},
		Store: &Store{swarm: d.Swarm, errors: errs},
		Swarm: d.Swarm, Errors: errs, Report: d.Report, Running: running,
	}
}

// Dial opens a connection from the control task to a port of an instance that
// runs. ctx bounds the opening alone.
func (d Door) Dial(ctx context.Context, port int) (net.Conn, error) {
	instances, err := d.Swarm.Instances(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range instances {
		if i.State == compose.InstanceRunning && i.Address != "" {
			return session.Relay(ctx, d.Swarm.Control, i.Address, port)
		}
	}
	return nil, ErrNobody
}

// Fan is the process from which the proxies are asked. It is started when it is
// first needed, and anew when it has ended, as with the control task of a former
// image.
func (l *Line) Fan(ctx context.Context) (*session.Fan, error) {
	l.opening.Lock()
	defer l.opening.Unlock()
	if l.fan != nil && !l.fan.Lost() {
		return l.fan, nil
	}
	fan, err := session.OpenFan(ctx, l.Swarm.Control)
	l.fan = fan
	return fan, err
}

// Close ends the line. The lock goes with the line that took it.
func (l *Line) Close() error {
	l.opening.Lock()
	fan := l.fan
	l.opening.Unlock()
	if fan != nil {
		_ = fan.Close() // it was only asked
	}
	return l.free()
}
