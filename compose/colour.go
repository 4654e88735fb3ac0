// Package compose turns a Compose file into the model of a blue/green
// project: which services form pairs, how traffic reaches them, which
// service is the proxy. It is pure but for reading the files, and knows
// neither the proxy's language nor the command line.
package compose

import "fmt"

// Colour names one of the two sets of containers that a project can run.
type Colour string

// The two colours. The zero Colour means "none yet".
const (
	Blue  Colour = "blue"
	Green Colour = "green"
)

// Colours lists both colours in the order in which they are shown.
func Colours() []Colour { return []Colour{Blue, Green} }

// Other is the opposite colour; the zero Colour has none.
func (c Colour) Other() Colour {
	switch c {
	case Blue:
		return Green
	case Green:
		return Blue
	default:
		return ""
	}
}

// OrNone is the colour for a sentence; "none" for the zero one.
func (c Colour) OrNone() string {
	if c == "" {
		return "none"
	}
	return string(c)
}

// ParseColour reads a colour as a user types it.
func ParseColour(s string) (Colour, error) {
	switch c := Colour(s); c {
	case Blue, Green:
		return c, nil
	default:
		return "", fmt.Errorf("unknown colour %q: it is blue or green", s)
	}
}
