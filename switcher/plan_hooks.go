package switcher

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// before and after are the moments around a move.
func before(verb string) compose.Moment { return compose.Moment("before_" + verb) }
func after(verb string) compose.Moment  { return compose.Moment("after_" + verb) }

// guards tells that a hook which fails at this moment ends the command. After
// a move there is nothing that it could still keep from happening.
func guards(at compose.Moment) bool {
	return at == compose.BeforeUp || at == compose.BeforeSwitch || at == compose.BeforeRollback
}

// moreFollows tells that a command may do something after hooks of this moment.
func moreFollows(at compose.Moment) bool { return guards(at) || at == compose.AfterUp }

// occasion is what a hook is told.
type occasion struct {
	Project string
	Action  string
	// From takes all traffic before the move, "" when no colour does; To is
	// the colour that the move is about.
	From, To compose.Colour
	// Release and Images are those of To, by pair.
	Release string
	Images  map[string]string
	// Result is "done" or "failed", and "" before the move; Error is why.
	Result string
	Error  string
}

// done is the occasion when all has gone well.
func (o occasion) done() occasion {
	o.Result = "done"
	return o
}

// environment tells it in variables. Each is always set: a hook must not find
// what its caller's environment happens to hold.
func (o occasion) environment(at compose.Moment) []string {
	images, err := json.Marshal(o.Images)
	if err != nil || o.Images == nil {
		images = []byte("{}") // strings always marshal; nil would be null
	}
	return []string{
		"BLUEGREEN_HOOK=" + string(at),
		"BLUEGREEN_PROJECT=" + o.Project,
		"BLUEGREEN_ACTION=" + o.Action,
		"BLUEGREEN_FROM=" + string(o.From),
		"BLUEGREEN_TO=" + string(o.To),
		"BLUEGREEN_RELEASE=" + o.Release,
		"BLUEGREEN_IMAGES=" + string(images),
		"BLUEGREEN_RESULT=" + o.Result,
		"BLUEGREEN_ERROR=" + o.Error,
	}
}

// hookCall is a hook in its place in a plan.
type hookCall struct {
	compose.Hook
	At   compose.Moment
	Name string // the moment, and the hook's number where there are several
	Told occasion
}

// planHooks plans the hooks of a moment. A step shows the command as its cause,
// which only a dry run prints: it may hold a secret.
func planHooks(hooks compose.Hooks, at compose.Moment, told occasion) []Step {
	var steps []Step
	for i, hook := range hooks[at] {
		name := string(at)
		if len(hooks[at]) > 1 {
			name = fmt.Sprintf("%s %d", at, i+1)
		}
		steps = append(steps, Step{
			Action: DoHook, Colour: told.To, Cause: hookLine(hook),
			Hook: &hookCall{Hook: hook, At: at, Name: name, Told: told},
		})
	}
	return steps
}

// hookLine shows a hook's command in one line.
func hookLine(hook compose.Hook) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(hook.Run), "\n")
	if rest != "" {
		line += " ..."
	}
	if hook.Service != "" {
		return fmt.Sprintf("in %s: %s", hook.Service, line)
	}
	return line
}

// movedBy tells what hooks are told of a plan; moves is false where it moves
// no traffic. One that does the rest of a move of the same kind, which was
// killed, is told for the hooks after it: the killed command has not run them.
func (v *visit) movedBy(p Plan, verb string) (told occasion, moves bool) {
	s := v.state
	from, to := s.Active(), compose.Colour("")
	for _, step := range p.Steps {
		if step.Action == DoCommit && step.Colour != from {
			to, moves = step.Colour, true
		}
	}
	if pending := s.Pending(); !moves && pending != nil && finishes(s.Routing.Action, verb) {
		from, to = pending.From, s.Active()
	}
	if to == "" || s.Model == nil {
		return occasion{}, false
	}
	return v.occasion(from, to), moves
}

// occasion is a move between two colours of a project with a record.
func (v *visit) occasion(from, to compose.Colour) occasion {
	return occasion{
		Project: v.Project, Action: v.sign.Action, From: from, To: to,
		Release: v.state.Release(to), Images: imagesOf(*v.state.Model, to, v.state.Containers),
	}
}

// finishes tells that a move which an action began is of a verb's kind.
func finishes(action, verb string) bool {
	return action == verb || action == Deploy && verb == Switch
}

// oneLine is an error in one line.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}
