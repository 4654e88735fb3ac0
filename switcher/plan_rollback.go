package switcher

import (
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Temperature says how fast a rollback would be.
type Temperature string

// The temperatures of a rollback. Hot flips at once; warm starts containers
// first.
const (
	Hot        Temperature = "hot"
	Warm       Temperature = "warm"
	Impossible Temperature = "impossible"
)

// Forecast is what a rollback would do now.
type Forecast struct {
	Temperature Temperature
	To          compose.Colour
	// Start counts the containers that a warm rollback starts.
	Start int
	// Why says what makes it impossible.
	Why string
	// Lacks lists services that have lost some of their replicas since. The
	// way back is open all the same: who needs it needs it now.
	Lacks []string
}

// String prints the forecast as status shows it.
func (f Forecast) String() string {
	lacks := ""
	if len(f.Lacks) > 0 {
		lacks = ", but " + strings.Join(f.Lacks, ", ")
	}
	switch f.Temperature {
	case Hot:
		return "hot" + lacks
	case Warm:
		// "containers" whatever the number is: scripts read the line.
		return fmt.Sprintf("warm: %d containers to start%s", f.Start, lacks)
	case Impossible:
		return "impossible: " + f.Why
	default:
		return string(f.Temperature)
	}
}

// forecast tells what a rollback would do. It goes back to what served
// before, never to what merely lies in the other colour.
func forecast(s State) Forecast {
	r := s.Routing
	switch {
	case r == nil || r.Active == "":
		return Forecast{Temperature: Impossible, Why: "no colour is active yet"}
	case s.Lost:
		return Forecast{Temperature: Impossible, Why: "the record of what served before is lost"}
	case r.Action == Rollback:
		return Forecast{Temperature: Impossible, Why: fmt.Sprintf("%s is what was rolled back to", r.Active)}
	case r.Previous == "":
		return Forecast{Temperature: Impossible, Why: fmt.Sprintf("%s is the first release", r.Active)}
	case s.Model == nil:
		return Forecast{Temperature: Impossible, Why: "the project's record is gone from the proxy's volume"}
	}
	return forecastTo(s, r.Previous)
}

// forecastTo looks at the containers to go back to.
func forecastTo(s State, to compose.Colour) Forecast {
	for _, service := range s.Model.Services(to) {
		if len(s.Of(service)) == 0 {
			return Forecast{Temperature: Impossible, To: to, Why: fmt.Sprintf("%s has no containers any more", service)}
		}
	}
	if now := s.Release(to); now != s.Routing.PreviousRelease {
		return Forecast{Temperature: Impossible, To: to, Why: fmt.Sprintf("%s now holds release %s, not %s that served before", to, now, s.Routing.PreviousRelease)}
	}
	down := 0
	for _, c := range s.Of(s.Model.Services(to)...) {
		if !c.Running() {
			down++
		}
	}
	if down == 0 && len(unready(s, to)) == 0 {
		return Forecast{Temperature: Hot, To: to, Lacks: incomplete(s, to)}
	}
	return Forecast{Temperature: Warm, To: to, Start: down, Lacks: incomplete(s, to)}
}

// planRollback plans to go back to what served before. Doing it twice does
// it once: a second rollback would bring the bad release back.
func planRollback(s State, m move) (Plan, error) {
	var p Plan
	if s.Active() == "" {
		return p, &NotStartedError{Project: s.Project, Doing: m.By.Action}
	}
	p.repair(s)
	interrupted := s.Pending() != nil
	if s.Routing.Action == Rollback {
		p.finish(s)
		p.Nothing = fmt.Sprintf("%s was rolled back to already; to go forward again: docker bluegreen switch %s", s.Active(), s.Active().Other())
		return p, nil
	}
	f := forecast(s)
	if f.Temperature == Impossible {
		return Plan{}, &ImpossibleError{Why: f.Why}
	}
	if interrupted {
		p.note(*s.Routing, nil, "the interrupted "+s.Routing.Action+" is undone now")
	}
	if f.Temperature == Warm {
		p.add(Step{Action: DoStart, Colour: f.To, Services: s.Model.Services(f.To), Cause: "not all of it runs"})
		p.add(Step{Action: DoReady, Colour: f.To, Cause: "every replica must pass both the engine's and the proxy's check"})
	}
	p.flip(s, f.To, m)
	return p, nil
}
