package haproxy

import (
	"context"
	"strings"

	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// ask sends commands to the runtime API in one line and returns all that it
// answers: one text per command, each ended by an empty line.
func (c *control) ask(ctx context.Context, commands ...string) (string, error) {
	if c.beside {
		return c.askSelf(ctx, commands...)
	}
	return c.askAny(ctx, commands...)
}

// askAny asks whoever listens: where two instances share a network, that may
// be either.
func (c *control) askAny(ctx context.Context, commands ...string) (string, error) {
	if !c.Running {
		return "", session.ErrNotRunning
	}
	admin := session.Admin{Socket: c.Session.Path(adminFile), Port: adminPort}
	said, err := c.Session.Ask(ctx, admin, strings.Join(commands, ";"))
	if err != nil {
		return "", err
	}
	if refusal := complaint(said); refusal != "" {
		return "", &refusalError{refusal}
	}
	return said, nil
}

// refusalError is HAProxy's word for a command that it did not take.
type refusalError struct{ text string }

func (e *refusalError) Error() string { return "HAProxy answered: " + e.text }

// refusals are how HAProxy's answers to refused commands begin. The runtime
// API has no status codes: a refusal is text like any other.
var refusals = []string{
	"Unknown command",
	"Permission denied",
	"Unknown map identifier",
	"Missing map identifier",
	unknownACL,
	"Missing variable name",
	"entry not found",
	"Can't find backend",
	"No such backend",
	"No such server",
	"Require ",
	"Malformed ",
	"'set server ",
	"'set map' ",
	"'add map' ",
	"Health checks are not enabled",
}

// complaint is the first line of an answer that refuses; "" when there is
// none.
func complaint(said string) string {
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		for _, refusal := range refusals {
			if strings.HasPrefix(line, refusal) {
				return line
			}
		}
	}
	return ""
}
