package compose

import "time"

// Status is how far the subject of an event has come.
type Status string

// The statuses of an event.
const (
	Working Status = "working"
	Done    Status = "done"
	Warning Status = "warning"
	Failed  Status = "failed"
	// Output is no step forward: the text is a line that a command printed.
	Output Status = "output"
)

// Event tells that something went on during a command. Renderers turn events
// into a terminal's spinners, plain lines or JSON; nothing decides by them.
type Event struct {
	Time time.Time `json:"time"`
	// Step is the plan's step in which it happened ("start", "drain").
	Step string `json:"step"`
	// Subject is what it is about: a container, an image, the proxy, or a
	// colour.
	Subject string `json:"subject"`
	Colour  Colour `json:"colour,omitempty"`
	Status  Status `json:"status"`
	// Text says it in words ("healthy", "2 websockets in flight").
	Text string `json:"text,omitempty"`
	// Ready and Wanted count replicas where the event is about several.
	Ready  int `json:"ready,omitempty"`
	Wanted int `json:"wanted,omitempty"`
	// Figures are what a step measured, by name, for programs.
	Figures map[string]int64 `json:"figures,omitempty"`
}

// Reporter takes events as they happen. It must not block for long and may
// be called from several goroutines at once.
type Reporter func(Event)

// Report fills in the time and hands the event on; a nil Reporter drops it.
func (r Reporter) Report(e Event) {
	if r == nil {
		return
	}
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	r(e)
}
