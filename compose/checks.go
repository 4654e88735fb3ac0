package compose

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Check is one thing that must hold of a colour before it gets the traffic: a
// request that the proxy answers as it should, or a command or a one-shot
// service that ends well.
// Checks are no part of the Model: that is recorded, and headers, bodies and
// commands may hold secrets.
type Check struct {
	// Pair names the pair that it is about.
	Pair string
	// Nth tells it from those before it that would have the same name: 2 for the
	// second; zero for the first.
	Nth int
	// Path is what is asked for, below the pair's own path.
	Path string
	// Method is that of the request; "" is GET, or POST where there is a body.
	Method  string
	Headers map[string]string
	Body    string
	// Status is the status that the answer must have; zero is any of 200 to 299.
	Status int
	// Text is what the body must contain.
	Text string
	// JSON are the values that the body must have, by their paths.
	JSON map[string]any
	// Exec is the command: a line of shell, or a program and its arguments.
	Exec Command
	// Run is the one-shot service that must end well.
	Run string
	// Timeout bounds each try, Interval is the time between two; zero is the
	// tool's default.
	Timeout, Interval time.Duration
	// Retries is how often a check is tried again that has failed.
	Retries int
}

// Command is what a check runs: the one or the other.
type Command struct {
	Line string
	Args []string
}

// Asks tells that the check is a request.
func (c Check) Asks() bool { return c.Path != "" }

// Verb is the request's method.
func (c Check) Verb() string {
	switch {
	case c.Method != "":
		return c.Method
	case c.Body != "":
		return http.MethodPost
	default:
		return http.MethodGet
	}
}

// Name tells the check from others: "GET /api/orders of web". It has no query,
// and of a command the program alone, for the rest may hold secrets.
func (c Check) Name() string {
	if c.Nth > 0 {
		return fmt.Sprintf("%s (%d)", c.name(), c.Nth)
	}
	return c.name()
}

func (c Check) name() string {
	if c.Asks() {
		path, _, cut := strings.Cut(c.Path, "?")
		if cut {
			path += "?..."
		}
		return c.Verb() + " " + path + " of " + c.Pair
	}
	if c.Run != "" {
		return c.Run + " for " + c.Pair
	}
	return c.Exec.program() + " in " + c.Pair
}

// program is the first word of a command.
func (c Command) program() string {
	words := c.Args
	if c.Line != "" {
		words = strings.Fields(c.Line)
	}
	if len(words) == 0 || strings.Contains(words[0], "=") {
		return "a command"
	}
	return words[0]
}

// Below is the path of a request for something below the route's path: one
// that begins with that already stays as it is.
func (r Route) Below(path string) string {
	prefix := strings.TrimRight(r.Path, "/")
	if path == prefix || strings.HasPrefix(path, prefix+"/") || strings.HasPrefix(path, prefix+"?") {
		return path
	}
	return prefix + path
}
