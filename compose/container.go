package compose

import (
	"strings"
	"time"
)

// Health is what the engine says of a container's own healthcheck.
type Health string

// The engine's health states. NoHealth is a container without a healthcheck.
const (
	NoHealth  Health = ""
	Starting  Health = "starting"
	Healthy   Health = "healthy"
	Unhealthy Health = "unhealthy"
)

// Container is one observed container of the project.
type Container struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Service string `json:"service"`
	// Number is Compose's index of the replica, from 1.
	Number int `json:"number"`
	// State is the engine's word: created, running, restarting, paused,
	// exited, dead.
	State  string `json:"state"`
	Health Health `json:"health,omitempty"`
	// Status is the engine's sentence ("Up 3 minutes (healthy)").
	Status string `json:"status"`
	// Image is the reference the container was made from, ImageID the
	// digest of what it runs.
	Image   string `json:"image"`
	ImageID string `json:"imageID"`
	// Kept is the name by which the image was kept, where the container was
	// made by that (Project.Pin); "" else.
	Kept string `json:"-"`
	// ConfigHash is Compose's hash of the service's settings.
	ConfigHash string    `json:"configHash"`
	Created    time.Time `json:"created"`
	// Addresses are the container's IP addresses on all its networks.
	Addresses []string `json:"addresses,omitempty"`
	// NetworkMode is the engine's word for whose network it uses: a network's
	// name, or container:ID.
	NetworkMode string `json:"-"`
	// Mounts are the destinations of its volumes and bind mounts.
	Mounts []string `json:"-"`
	// Ports are its published ports, as "http://localhost:8080" wants them.
	Ports []PublishedPort `json:"-"`
	// Labels are the container's labels.
	Labels map[string]string `json:"-"`
	// Instances are the tasks behind the proxy of a Swarm, which stands as one
	// container; nil on one engine.
	Instances []Container `json:"-"`
}

// PublishedPort is a container's port as the host shows it.
type PublishedPort struct {
	Host      string // IP address the host listens on, "0.0.0.0" or "::" for all
	Public    int
	Container int
}

// Severed is the state of a container that runs in the network of another
// one's former life: that was restarted since, and nobody reaches this one.
const Severed = "severed"

// Running tells that the container's process runs.
func (c Container) Running() bool { return c.State == "running" }

// Joined is the id of the container whose network this one uses, where that
// is not its own.
func (c Container) Joined() (id string, joined bool) {
	return strings.CutPrefix(c.NetworkMode, "container:")
}

// In tells that the container uses another one's network.
func (c Container) In(holder Container) bool {
	id, joined := c.Joined()
	return joined && id == holder.ID
}

// Ready tells that the engine holds the container fit for traffic: running,
// and healthy where it has a healthcheck.
func (c Container) Ready() bool {
	return c.Running() && (c.Health == NoHealth || c.Health == Healthy)
}

// Labels that mark the containers which this project makes beyond Compose's
// own. They are outside Compose's config hash.
const (
	// ProxyLabel is on the proxy's container; its value is the Kind.
	ProxyLabel = "bluegreen.proxy"
	// VolumeLabel is on the proxy's container; its value is Proxy.Volume.
	VolumeLabel = "bluegreen.volume"
	// ImageLabel is on the containers of a release that was brought back; its
	// value is the reference by which the release had the image.
	ImageLabel = "bluegreen.image"
	// HelperLabel is on the short-lived container that holds the lock and
	// writes the state while the proxy does not run; its value is the
	// project's name.
	HelperLabel = "bluegreen.helper"
)

// Spec is what the file wants of one service, with its image resolved.
type Spec struct {
	Service string
	Image   string
	// ImageID is the digest of the image on the engine; empty when the
	// engine does not have it yet.
	ImageID    string
	ConfigHash string
	Replicas   int
	// Command is what a container of it runs, entry point and arguments, those
	// of the image where the file has none.
	Command []string
}

// UpToDate tells that a container is what Compose would make of the spec.
func (s Spec) UpToDate(c Container) bool {
	return c.ConfigHash == s.ConfigHash && c.ImageID == s.ImageID
}

// Pull says when images are fetched from a registry.
type Pull string

// When images are fetched. PullMissing is Compose's default; PullPolicy
// leaves it to each service's own pull_policy.
const (
	PullPolicy  Pull = ""
	PullAlways  Pull = "always"
	PullMissing Pull = "missing"
	PullNever   Pull = "never"
)

// ImagePolicy says how images are obtained before containers are made.
type ImagePolicy struct {
	Build bool
	Pull  Pull
	// LookOnly resolves digests of what is there, and neither builds nor
	// pulls: for a dry run.
	LookOnly bool
}
