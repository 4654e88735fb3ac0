package traefik

import (
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Traefik has no command that validates its static settings. But each of its
// commands reads them first, from the same sources in the same order, and ends
// with an error where it cannot: healthcheck does nothing then but ask for
// /ping, which nobody answers in a helper without a network.
const readsAlone = "healthcheck"

// Accepts implements switcher.Handover. What Traefik finds wrong only when it
// starts (an address in use, a resolver without an e-mail address) passes.
func (c *control) Accepts(ctx context.Context, m compose.Model, command []string) error {
	if err := c.parsed(ctx, command); err != nil {
		return err
	}
	return c.complete(ctx, m)
}

// parsed has Traefik read what it is to be started with.
func (c *control) parsed(ctx context.Context, command []string) error {
	program, arguments, known := started(command)
	if !known {
		return nil
	}
	said, _, err := c.Session.Run(ctx, append([]string{program, readsAlone}, arguments...)...)
	if err != nil {
		return c.Errors.Wrap("check its static settings", err)
	}
	if why := rejection(said); why != "" {
		return &compose.InvalidError{
			Service: c.Errors.Proxy,
			Problem: "Traefik rejects its static settings: " + why,
			Fix:     "mend the proxy's command, or the file that it reads; nothing was changed",
		}
	}
	return nil
}

// complete verifies a user's own settings that are there to be read.
func (c *control) complete(ctx context.Context, m compose.Model) error {
	if m.Proxy.Generated {
		return nil
	}
	if file := m.Proxy.Settings; file != "" {
		found, err := c.Session.Read(ctx, file)
		if err != nil {
			return c.Errors.Wrap("read its static settings", err)
		}
		if found[file] == "" {
			return nil // of what Compose copies in at the start a helper sees nothing
		}
	}
	return c.Verify(ctx, m)
}

// started takes a container's command apart into Traefik's program and its
// arguments. It is known only where nothing stands between the two that may
// change them: the program itself, or the entry point of the official image.
func started(command []string) (program string, arguments []string, known bool) {
	const official = "/entrypoint.sh"
	if len(command) > 0 && command[0] == official {
		if command = command[1:]; len(command) == 0 || strings.HasPrefix(command[0], "-") {
			command = append([]string{"traefik"}, command...)
		}
	}
	if len(command) == 0 || path.Base(command[0]) != "traefik" {
		return "", nil, false
	}
	program, arguments = command[0], command[1:]
	spelt := !slices.ContainsFunc(command, func(word string) bool {
		return word == "" || strings.ContainsAny(word, " \t\r\n")
	})
	return program, arguments, spelt && (len(arguments) == 0 || strings.HasPrefix(arguments[0], "-"))
}

// rejection is why Traefik could not read its settings; "" when it could, or
// when it does not say so. It ends with a line of its log about the command:
//
//	{"level":"error","error":"command healthcheck error: ...","message":"Command error"}
func rejection(said string) string {
	const about, message = "command " + readsAlone + " error: ", "Command error"
	for line := range strings.Lines(said) {
		var entry struct{ Error, Message string }
		if err := json.Unmarshal([]byte(line), &entry); err == nil && entry.Message == message {
			if why, is := strings.CutPrefix(entry.Error, about); is {
				return why
			}
		}
	}
	return ""
}
