package e2e

import (
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"
	"gotest.tools/v3/assert"
)

// What Docker's terminal codes are for the two colours.
const (
	blueName  = "\x1b[94mblue\x1b[0m"
	greenName = "\x1b[32mgreen\x1b[0m"
)

// colours are the codes that change how text looks.
var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// onTerminal runs `docker bluegreen ARGS` on a pseudo terminal, and gives all
// that was written to it.
func (p *project) onTerminal(args ...string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), commandLimit)
	defer cancel()
	cmd := p.command(ctx, "docker", append([]string{"bluegreen"}, args...)...)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 100})
	assert.NilError(p.t, err)
	defer func() { _ = terminal.Close() }()
	shown, _ := io.ReadAll(terminal) // a terminal whose last program has ended gives an error
	assert.NilError(p.t, cmd.Wait(), "%s", shown)
	return string(shown)
}

func TestATerminalShowsSpinnersCountsAndColours(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, slowly(t)).with("TERM=xterm-256color", "NO_COLOR=", "DELAY=1s", "TAG=v1")
	shown := p.onTerminal("up")
	assert.Check(t, strings.ContainsAny(shown, "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"), "no spinner: %q", shown)
	assert.Check(t, strings.Contains(shown, "✔"), "%q", shown)
	assert.Check(t, strings.Contains(shown, "[+] up "), "%q", shown)
	text := colours.ReplaceAllString(shown, "")
	assert.Check(t, strings.Contains(text, "0/1 ") && strings.Contains(text, "1/1 "), "%q", text)
	assert.Check(t, strings.Contains(shown, p.name+"-web-"+blueName+"-1"), "%q", shown)
	assert.Check(t, strings.Contains(shown, blueName+" takes all traffic"), "%q", shown)

	shown = p.with("TAG=v2").onTerminal("deploy")
	assert.Check(t, strings.Contains(shown, greenName+" takes all traffic"), "%q", shown)
	for _, verb := range []string{"status", "history", "ps", "config", "logs"} {
		shown = p.onTerminal(verb)
		assert.Check(t, strings.Contains(shown, blueName) && strings.Contains(shown, greenName), "%s: %q", verb, shown)
	}
	// What is for programs stays unpainted.
	shown = p.onTerminal("status", "--format", "json")
	assert.Check(t, strings.Contains(shown, `"active":"green"`), "%q", shown)

	p.with("NO_COLOR=1")
	for _, verb := range []string{"rollback", "status", "history", "logs"} {
		shown = p.onTerminal(verb)
		assert.Check(t, !colours.MatchString(shown), "%s: %q", verb, shown)
	}
	shown = p.with("NO_COLOR=", "TERM=dumb").onTerminal("switch", "green")
	assert.Check(t, !strings.Contains(shown, "\x1b"), "%q", shown)
}
