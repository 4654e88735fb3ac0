package compose

import "time"

// workerSettings are what x-bluegreen.worker says of a service without a port.
type workerSettings struct {
	Policy Policy
	Signal string
	Limit  time.Duration
}

// signals are those by which programs are asked to take no more work, or to
// end. One that the engine does not know would be found out during a switch.
var signals = []string{"SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGTSTP", "SIGWINCH"}

// workerPolicy is the short form of x-bluegreen.worker, and a key of the long
// one.
func workerPolicy() field[workerSettings] {
	return choice("policy", Policies(), func(s *workerSettings) *Policy { return &s.Policy })
}

// workerFields are the keys of x-bluegreen.worker.
func workerFields() []field[workerSettings] {
	type s = workerSettings
	return []field[s]{
		workerPolicy(),
		choice("signal", signals, func(s *s) *string { return &s.Signal }),
		duration("limit", func(s *s) *time.Duration { return &s.Limit }),
	}
}

// readWorker reads the short form, the policy, or the mapping.
func readWorker(at place, value any, into *serviceSettings) {
	if _, short := value.(string); short {
		workerPolicy().read(at, value, &into.Worker)
		return
	}
	readMapping(at, value, workerFields(), &into.Worker)
	if mapping, ok := value.(map[string]any); ok && mapping["policy"] == nil {
		at.report("has no policy", "write one: {policy: handoff}")
	}
}

// String is what messages show of it.
func (w workerSettings) String() string {
	text := string(w.Policy)
	if w.Signal != "" {
		text += " by " + w.Signal
	}
	if w.Limit != 0 {
		text += " within " + w.Limit.String()
	}
	return text
}
