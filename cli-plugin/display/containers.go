package display

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/docker/cli/cli/command/formatter"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Container is a container with the colour that its service belongs to.
type Container struct {
	compose.Container
	Colour compose.Colour `json:"colour,omitempty"`
}

const containersTable = "table {{.Name}}\t{{.Image}}\t{{.Service}}\t{{.Colour}}\t{{.Status}}\t{{.Ports}}"

// Containers lists containers in the format asked for.
func Containers(out io.Writer, format string, containers []Container) error {
	rows := make([]containerRow, 0, len(containers))
	for _, c := range containers {
		rows = append(rows, containerRow{c})
	}
	return list(out, format, containersTable, rows, containersHeader())
}

func containersHeader() formatter.SubHeaderContext {
	return formatter.SubHeaderContext{
		"ID": "CONTAINER ID", "Name": "NAME", "Image": "IMAGE", "Service": "SERVICE", "Colour": "COLOUR",
		"State": "STATE", "Health": "HEALTH", "Status": "STATUS", "Ports": "PORTS",
	}
}

// containerRow is a container as a template sees it.
type containerRow struct{ c Container }

// FullHeader is the table's header.
func (containerRow) FullHeader() any { return containersHeader() }

// MarshalJSON gives the container under its own keys.
func (r containerRow) MarshalJSON() ([]byte, error) { return json.Marshal(r.c) }

// ID is the container's short id.
func (r containerRow) ID() string { return ShortDigest(r.c.ID) }

// Name is the container's name.
func (r containerRow) Name() string { return r.c.Name }

// Image is the reference it was made from.
func (r containerRow) Image() string { return ImageName(r.c.Image) }

// Service is its Compose service.
func (r containerRow) Service() string { return r.c.Service }

// Colour is its service's colour, if it has one.
func (r containerRow) Colour() string { return orDash(string(r.c.Colour)) }

// State is the engine's word for its state.
func (r containerRow) State() string { return r.c.State }

// Health is what its healthcheck says.
func (r containerRow) Health() string { return orDash(string(r.c.Health)) }

// Status is the engine's sentence about it.
func (r containerRow) Status() string { return r.c.Status }

// Ports are those that it publishes.
func (r containerRow) Ports() string {
	ports := make([]string, 0, len(r.c.Ports))
	for _, p := range r.c.Ports {
		ports = append(ports, fmt.Sprintf("%s:%d->%d", p.Host, p.Public, p.Container))
	}
	slices.Sort(ports)
	return strings.Join(slices.Compact(ports), ", ")
}
