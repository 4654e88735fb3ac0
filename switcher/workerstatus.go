package switcher

import (
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// WorkerStatus is one worker's part of a status.
type WorkerStatus struct {
	Worker  string         `json:"worker"`
	Service string         `json:"service"`
	Policy  compose.Policy `json:"policy"`
	// State is running, degraded (not all ready), waiting (made, or ended, for
	// its colour is not active), stopped, or absent.
	State  string `json:"state"`
	Image  string `json:"image"`
	Digest string `json:"digest"`
	// Replicas are wanted, Healthy are ready for the engine.
	Replicas int `json:"replicas"`
	Healthy  int `json:"healthy"`
	// Since is when the oldest of its containers was made; zero for none.
	Since time.Time `json:"since,omitzero"`
}

// statusOfWorkers lists a colour's workers.
func (v *visit) statusOfWorkers(c compose.Colour) []WorkerStatus {
	var list []WorkerStatus
	for _, w := range v.state.Model.Workers {
		if !w.Has(c) {
			continue
		}
		out := WorkerStatus{Worker: w.Name, Service: w.Services[c], Policy: w.Policy(), Replicas: w.Replicas[c]}
		containers, running := v.state.Of(out.Service), 0
		for _, ctr := range containers {
			out.Image, out.Digest = ctr.Image, ctr.ImageID
			if ctr.Running() {
				running++
			}
			if ctr.Ready() {
				out.Healthy++
			}
			if out.Since.IsZero() || ctr.Created.Before(out.Since) {
				out.Since = ctr.Created
			}
		}
		out.State = stateWord(len(containers), running, out.Healthy, out.Replicas)
		if out.State == "stopped" && w.Deferred() && c != v.state.Active() {
			out.State = "waiting"
		}
		list = append(list, out)
	}
	return list
}
