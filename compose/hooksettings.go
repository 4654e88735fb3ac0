package compose

import (
	"strconv"
	"time"
)

// hooksFields are the keys of x-bluegreen.hooks: one for each moment.
func hooksFields() []field[Hooks] {
	var fields []field[Hooks]
	for _, moment := range Moments() {
		fields = append(fields, field[Hooks]{key: string(moment), read: func(at place, value any, into *Hooks) {
			readHooks(at, value, moment, into)
		}})
	}
	return fields
}

// readHooks reads the list of one moment. Items are counted from 1, as in
// what is said of them when they run.
func readHooks(at place, value any, moment Moment, into *Hooks) {
	list, ok := value.([]any)
	if !ok {
		at.report("is "+describe(value), "write a list of commands: [./notify.sh]")
		return
	}
	for i, item := range list {
		var hook Hook
		readHook(at.child(strconv.Itoa(i+1)), item, &hook)
		if *into == nil {
			*into = Hooks{}
		}
		(*into)[moment] = append((*into)[moment], hook)
	}
}

// hookRun is the short form of a hook, and a key of the long one.
func hookRun() field[Hook] {
	return text("run", `\S`, "a command: ./notify.sh", func(h *Hook) *string { return &h.Run })
}

// hookFields are the keys of one hook.
func hookFields() []field[Hook] {
	return []field[Hook]{
		hookRun(),
		text("service", namePattern, "the name of a pair, or of a service without a colour", func(h *Hook) *string { return &h.Service }),
		duration("timeout", func(h *Hook) *time.Duration { return &h.Timeout }),
	}
}

// readHook reads the short form, a command, or the mapping.
func readHook(at place, value any, into *Hook) {
	mapping, long := value.(map[string]any)
	if !long {
		hookRun().read(at, value, into)
		return
	}
	readMapping(at, value, hookFields(), into)
	if _, said := mapping["run"]; !said {
		at.report("has no run", "write what it does: {run: ./notify.sh}")
	}
}
