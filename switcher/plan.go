package switcher

import (
	"fmt"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Action is what a step does.
type Action string

// The actions of a plan, in the words that a plan prints.
const (
	// DoCreateProxy makes the proxy's container, not started.
	DoCreateProxy Action = "create-proxy"
	// DoConfigure writes the proxy's settings, validated first.
	DoConfigure Action = "configure"
	// DoReload lets the running proxy take its settings.
	DoReload Action = "reload"
	// DoStartProxy starts the proxy's container as it was made.
	DoStartProxy Action = "start-proxy"
	// DoConverge brings shared services to what the file says.
	DoConverge Action = "converge"
	// DoVerify finds what a user's own settings lack.
	DoVerify Action = "verify"
	// DoSave records the model that the settings were made from.
	DoSave Action = "save"
	// DoPreview has the proxy open the preview to another token.
	DoPreview Action = "preview"
	// DoRemove removes containers.
	DoRemove Action = "remove"
	// DoCreate makes missing containers of services.
	DoCreate Action = "create"
	// DoFinish runs one-shot services to their end.
	DoFinish Action = "finish"
	// DoStart starts the containers of services.
	DoStart Action = "start"
	// DoAwait waits until the engine holds services ready.
	DoAwait Action = "await"
	// DoReady waits until engine and proxy hold a colour ready.
	DoReady Action = "ready"
	// DoCommit makes a routing durable and live.
	DoCommit Action = "commit"
	// DoShare makes a share of the idle colour durable and live.
	DoShare Action = "share"
	// DoStay waits between two shares.
	DoStay Action = "stay"
	// DoPin leaves visitors who began on the former colour there for a while, and
	// DoUnpin sends them to the active one.
	DoPin   Action = "pin"
	DoUnpin Action = "unpin"
	// DoDrain waits until a colour serves nothing any more.
	DoDrain Action = "drain"
	// DoStop stops containers.
	DoStop Action = "stop"
	// DoNote records that nothing is pending any more.
	DoNote Action = "note"
	// DoRetire takes replicas out of the rotation, drained.
	DoRetire Action = "retire"
	// DoHold keeps new replicas out of the rotation until readmitted.
	DoHold Action = "hold"
	// DoTry has the next proxy's own program check and write its settings.
	DoTry Action = "try"
	// DoAddProxy makes one more container of the proxy, not started.
	DoAddProxy Action = "add-proxy"
	// DoStopProxy frees the ports of a proxy that cannot serve beside its
	// successor.
	DoStopProxy Action = "stop-proxy"
	// DoSucceed starts the proxy that was added.
	DoSucceed Action = "succeed"
	// DoProve finds whether it serves what the former one does.
	DoProve Action = "prove"
	// DoRetireProxy lets a proxy end beside the one that has taken its place.
	DoRetireProxy Action = "retire-proxy"
	// DoRest has the holder stop standing in for the proxy.
	DoRest Action = "rest"
	// DoYield has the holder leave the ports to the proxy, before that starts.
	DoYield Action = "yield"
	// DoReplaceInstances brings a Swarm's instances of the proxy to what the file
	// says, one after the other.
	DoReplaceInstances Action = "replace-instances"
	// DoReadmit lets held or retired replicas' slots take traffic again.
	DoReadmit Action = "readmit"
	// DoKeep gives the images of releases the project's own names.
	DoKeep Action = "keep"
	// DoForget takes them away again.
	DoForget Action = "forget"
	// DoParkWorkers sees to it that workers are not at work, nor started by the
	// engine.
	DoParkWorkers Action = "park-workers"
	// DoStartWorkers puts workers to work and waits until they are ready.
	DoStartWorkers Action = "start-workers"
	// DoEndWorkers has workers end, and stops those that do not.
	DoEndWorkers Action = "end-workers"
	// DoProbe begins to ask for pages as visitors do, and DoTally tells what
	// came of it.
	DoProbe Action = "probe"
	DoTally Action = "tally"
	// DoMaintain turns visitors away, or lets them in again.
	DoMaintain Action = "maintain"
	// DoHook runs a command of the file.
	DoHook Action = "hook"
	// DoCheck finds whether a colour does what the file expects of it.
	DoCheck Action = "check"
	// DoBaseline watches the active colour before a switch.
	DoBaseline Action = "baseline"
	// DoBake watches a colour after its switch, and rolls a bad one back.
	DoBake Action = "bake"
)

// Step is one move of a plan. Which fields count depends on the action.
type Step struct {
	Action Action         `json:"action"`
	Colour compose.Colour `json:"colour,omitempty"`
	// Services and Containers are what the step acts on.
	Services   []string            `json:"services,omitempty"`
	Containers []compose.Container `json:"-"`
	// Former is the proxy that serves on while its successor starts.
	Former *compose.Container `json:"-"`
	// Routing is what a commit, a share or a note writes.
	Routing *Routing `json:"-"`
	// Maintenance is what visitors get from now on; nil for the project.
	Maintenance *Maintenance `json:"-"`
	// For is how long a stay lasts.
	For time.Duration `json:"for,omitempty"`
	// Hook is what a hook runs, and what it is told.
	Hook *hookCall `json:"-"`
	// Shelf is what a step keeps and forgets of releases.
	Shelf *shelving `json:"-"`
	// Checks are what a check finds out.
	Checks []compose.Check `json:"-"`
	// Watch is what a baseline or bake watches.
	Watch *Watch `json:"watch,omitempty"`
	// Must tells that a drain which ends before all is served stops the
	// plan: what follows would cut it.
	Must bool `json:"must,omitempty"`
	// Brief tells that what is left to end is not waited for.
	Brief bool `json:"brief,omitempty"`
	// Cause says why the step is needed.
	Cause string `json:"cause"`
}

// String prints the step as a line of a plan.
func (s Step) String() string {
	line := string(s.Action)
	if subject := s.subject(); subject != "" {
		line += " " + subject
	}
	return line + ": " + s.Cause
}

// subject names what the step acts on.
func (s Step) subject() string {
	if s.Hook != nil {
		return s.Hook.Name
	}
	if s.Action == DoShare {
		return fmt.Sprintf("%s %d%%", s.Colour, s.Routing.Canary)
	}
	if len(s.Containers) > 0 {
		names := make([]string, 0, len(s.Containers))
		for _, c := range s.Containers {
			names = append(names, c.Name)
		}
		return strings.Join(names, ", ")
	}
	if len(s.Services) > 0 {
		return strings.Join(s.Services, ", ")
	}
	return string(s.Colour)
}

// Plan is what a command is going to do, in order. It is data: printing it
// is a dry run, running it decides nothing any more.
type Plan struct {
	Steps []Step `json:"steps"`
	// Nothing says why there is nothing to do, when there is not.
	Nothing string `json:"nothing,omitempty"`
	// Gap is the time without an answer that the plan costs visitors; nil for
	// none.
	Gap *Gap `json:"gap,omitempty"`
	// OnFailure is what is done when a step fails.
	OnFailure []Step `json:"onFailure,omitempty"`
}

// Empty tells that there is nothing to do.
func (p Plan) Empty() bool { return len(p.Steps) == 0 }

// String prints the plan, a numbered line for each step.
func (p Plan) String() string {
	if p.Empty() {
		return "nothing to do: " + p.Nothing + "\n"
	}
	var b strings.Builder
	for i, s := range p.Steps {
		fmt.Fprintf(&b, "%d. %s\n", i+1, s)
		if s.Watch != nil && len(s.Watch.Back) > 0 {
			fmt.Fprintf(&b, "   if worse: %s\n", s.Watch.Back[0])
		}
	}
	for _, s := range p.OnFailure {
		fmt.Fprintf(&b, "on failure: %s\n", s)
	}
	return b.String()
}

// note records what is pending in a routing that stays what it is.
func (p *Plan) note(r Routing, pending *Pending, cause string) {
	r.Pending = r.beside(pending)
	p.add(Step{Action: DoNote, Colour: r.Active, Routing: &r, Cause: cause})
}

// add appends a step.
func (p *Plan) add(s Step) { p.Steps = append(p.Steps, s) }
