package compose

import (
	"fmt"
	"strings"
)

// InvalidError is a broken rule of the Compose file or of the proxy's
// settings. The command line turns it into exit code 8.
type InvalidError struct {
	// File is the Compose file, with the line where that is known
	// ("compose.yml:12"). Service is the service at fault, or empty when it
	// is the project as a whole.
	File    string
	Service string
	// Problem says what is wrong, Fix what to write instead.
	Problem string
	Fix     string
}

func (e *InvalidError) Error() string {
	var where []string
	if e.File != "" {
		where = append(where, e.File)
	}
	if e.Service != "" {
		where = append(where, fmt.Sprintf("service %q", e.Service))
	}
	if len(where) == 0 {
		return e.Problem
	}
	return strings.Join(where, ": ") + ": " + e.Problem
}

// Hint says what to write instead.
func (e *InvalidError) Hint() string { return e.Fix }

// UnhealthyError tells which containers did not become ready, with what a
// person needs to see why. The command line turns it into exit code 3.
type UnhealthyError struct {
	Failures []Failure
}

// Failure is one container that did not become ready.
type Failure struct {
	Container string
	Service   string
	// Reason says it in words: "exited with code 1", "unhealthy",
	// "not healthy in time".
	Reason string
	// See is the command that shows all that it said; "" is docker logs.
	See string
	// Logs are its last lines of output, Health the last output of its
	// healthcheck.
	Logs   []string
	Health string
}

func (e *UnhealthyError) Error() string {
	reasons := make([]string, 0, len(e.Failures))
	for _, f := range e.Failures {
		reasons = append(reasons, f.Container+" "+f.Reason)
	}
	return strings.Join(reasons, ", ")
}
