package command

import (
	"encoding/json"
	"errors"

	"github.com/bluegreen/docker-bluegreen/switcher"
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
	// Checks are those that failed.
	Checks []switcher.CheckResult `json:"checks,omitempty"`
	// Output is the last lines of a hook that failed.
	Output []string `json:"output,omitempty"`
	// Bake is what was seen of a colour that was rolled back.
	Bake *switcher.Baked `json:"bake,omitempty"`
	// Probe is what a probe saw that lost requests.
	Probe *switcher.Probe `json:"probe,omitempty"`
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
	for _, c := range failures(err) {
		f.Containers = append(f.Containers, failedContainer{
			Name: c.Container, Service: c.Service, Reason: c.Reason, Health: c.Health, Logs: c.Logs,
		})
	}
	if back, ok := errors.AsType[*switcher.RolledBackError](err); ok {
		f.Bake = &back.Baked
	}
	if failed, ok := errors.AsType[*switcher.CheckError](err); ok {
		f.Checks = failed.Failed
	}
	if hook, ok := errors.AsType[*switcher.HookError](err); ok {
		f.Output = hook.Output
	}
	if lost, ok := errors.AsType[*switcher.LostError](err); ok {
		f.Probe = &lost.Probe
	}
	line, failed := json.Marshal(f)
	if failed != nil {
		return text(err) // strings always marshal
	}
	return string(line)
}
