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
	// Start counts the containers that a warm rollback starts, Workers those
	// among them that start with every change of colour.
	Start, Workers int
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
		return fmt.Sprintf("warm: %d containers to start%s%s", f.Start, f.workers(), lacks)
	case Impossible:
		return "impossible: " + f.Why
	default:
		return string(f.Temperature)
	}
}

// workers says that not all of the containers to start are missed by visitors.
func (f Forecast) workers() string {
	switch f.Workers {
	case 0:
		return ""
	case f.Start:
		return " (workers)"
	default:
		return fmt.Sprintf(" (%d of them workers)", f.Workers)
	}
}

// forecast tells what a rollback would do. It goes back to what served
// before, never to what merely lies in the other colour.
func forecast(s State) Forecast {
	r := s.Routing
	switch {
	case r == nil || r.Active == "":
		return Forecast{Temperature: Impossible, Why: "no colour is active yet"}
	case r.Canary > 0:
		return Forecast{Temperature: Hot, To: r.Active}
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
	for _, service := range s.Model.Members(to) {
		if len(s.Of(service)) == 0 {
			return Forecast{Temperature: Impossible, To: to, Why: fmt.Sprintf("%s has no containers any more", service) + s.otherWay()}
		}
	}
	if now := s.Release(to); now != s.Routing.PreviousRelease {
		return Forecast{Temperature: Impossible, To: to, Why: fmt.Sprintf("%s now holds release %s, not %s that served before", to, now, s.Routing.PreviousRelease) + s.otherWay()}
	}
	down, workers := stopped(s.Of(s.Model.Lasting(to)...)), stopped(s.Of(s.Model.Deferred(to)...))
	f := Forecast{Temperature: Warm, To: to, Start: down + workers, Workers: workers, Lacks: incomplete(s, to)}
	if f.Start == 0 && !f.cold(s) {
		f.Temperature = Hot
	}
	return f
}

// cold tells that what serves visitors is not all ready.
func (f Forecast) cold(s State) bool { return f.Start > f.Workers || len(unready(s, f.To)) > 0 }

// stopped counts containers that do not run.
func stopped(containers []compose.Container) int {
	n := 0
	for _, c := range containers {
		if !c.Running() {
			n++
		}
	}
	return n
}

// otherWay says whether the images of what served before are there, where a
// rollback to its containers is none; "" where that was not looked at.
func (s State) otherWay() string {
	if s.Shelf == nil {
		return ""
	}
	if why := s.Shelf.missing(s.Project, s.Routing.PreviousRelease); why != "" {
		return "; " + why
	}
	return "; its images are kept: docker bluegreen deploy --release " + s.Routing.PreviousRelease
}

// planRollback plans to go back to what served before. Doing it twice does
// it once: a second rollback would bring the bad release back.
func planRollback(s State, m move) (Plan, error) {
	var p Plan
	if s.Active() == "" {
		return p, &NotStartedError{Project: s.Project, Doing: m.By.Action}
	}
	p.repair(s)
	if s.Canary() > 0 {
		s, _ = p.finish(s, move{})
		p.takeBack(s, "the canary is what is undone", m.By)
		return p, nil
	}
	interrupted := s.Pending() != nil
	if s.Routing.Action == Rollback {
		s, _ = p.finish(s, move{})
		p.retireDue(s)
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
	if f.cold(s) {
		p.add(Step{Action: DoStart, Colour: f.To, Services: s.Model.Lasting(f.To), Cause: "not all of it runs"})
		p.add(Step{Action: DoReady, Colour: f.To, Cause: "every replica must pass both the engine's and the proxy's check"})
	}
	p.flip(s, f.To, m)
	return p, nil
}
