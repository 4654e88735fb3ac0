package command

import (
	"encoding/json"
	"errors"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// failure is an error as a program reads it: the last line of `--progress
// json`.
type failure struct {
	Error   bool   `json:"error"`
	Code    int    `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	// Containers are those that did not become ready.
	Containers []failedContainer `json:"containers,omitempty"`
}

type failedContainer struct {
	Name    string   `json:"name"`
	Service string   `json:"service"`
	Reason  string   `json:"reason"`
	Health  string   `json:"health,omitempty"`
	Logs    []string `json:"logs,omitempty"`
}

// jsonText is an error as a line of JSON.
func jsonText(err error) string {
	f := failure{Error: true, Code: code(err), Message: err.Error(), Hint: hint(err)}
	if unhealthy, ok := errors.AsType[*compose.UnhealthyError](err); ok {
		for _, c := range unhealthy.Failures {
			f.Containers = append(f.Containers, failedContainer{
				Name: c.Container, Service: c.Service, Reason: c.Reason, Health: c.Health, Logs: c.Logs,
			})
		}
	}
	line, failed := json.Marshal(f)
	if failed != nil {
		return text(err) // strings always marshal
	}
	return string(line)
}
