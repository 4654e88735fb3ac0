package compose

import (
	"encoding/json"
	"strings"
	"testing"
)

// previewing is the smallest project with a preview.
func previewing(settings string) string {
	return strings.Replace(smallest, top, top+"x-bluegreen: {preview: "+settings+"}\n", 1)
}

func mustToken(t *testing.T, p *Project, former string) string {
	t.Helper()
	got, err := p.Token(former)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTheTokenIsRandomAndMadeOnce(t *testing.T) {
	p := mustLoadText(t, smallest)
	first, second := mustToken(t, p, ""), mustToken(t, p, "")
	if first == second || !token.MatchString(first) {
		t.Errorf("made are %q and %q", first, second)
	}
	equal(t, "the token that there is", mustToken(t, p, first), first)
	if mustToken(t, p, openToken) == openToken {
		t.Error("everybody knows the token of a preview that is open no more")
	}
	equal(t, "open", mustToken(t, mustLoadText(t, previewing("open")), first), openToken)
	equal(t, "off", mustToken(t, mustLoadText(t, previewing("off")), first), "")
}

func TestTheTokenIsThatOfASecret(t *testing.T) {
	const secret = "the-token-of-the-file"
	for name, c := range map[string]struct{ definition, content, fix string }{
		"of a file":          {"{file: ./token.txt}", secret + "\n", ""},
		"of a variable":      {"{environment: PREVIEW_TOKEN}", "", ""},
		"that is short":      {"{file: ./token.txt}", "short\n", "16 to 128 letters"},
		"with other signs":   {"{file: ./token.txt}", "a token; with signs\n", "16 to 128 letters"},
		"of no file":         {"{file: ./none.txt}", "", "write the preview's token there"},
		"of no such setting": {"{environment: NO_TOKEN}", "", "let the variable NO_TOKEN have 16"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PREVIEW_TOKEN", secret)
			text := previewing("{secret: next}") + "secrets: {next: " + c.definition + "}\n"
			p, err := loadBeside(t, text, map[string]string{"token.txt": c.content})
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Token("former-token-of-it")
			if c.fix == "" {
				equal(t, "token", got, secret)
			} else {
				contains(t, err, `the secret "next"`, c.fix)
			}
			model, err := json.Marshal(p.Model)
			if err != nil || strings.Contains(string(model), secret) {
				t.Errorf("the model tells the token: %s, %v", model, err)
			}
		})
	}
}

func TestPreviewRules(t *testing.T) {
	second := func(blue string) []string {
		twins := strings.ReplaceAll("  api-blue: {image: a, profiles: [blue], %}\n  api-green: {image: a, profiles: [green], %}", "%",
			"x-bluegreen: {port: 80, "+blue+"}")
		return also(twins)
	}
	with := func(preview string, changes ...string) []string {
		return append([]string{top, top + "x-bluegreen: {preview: " + preview + "}\n"}, changes...)
	}
	for _, b := range []broken{
		{"a secret that is none", with("{secret: next}"), `
compose.yml:3: x-bluegreen.preview.secret names "next", which is not a secret of the file
  fix: add it at the top level: secrets: {next: {file: ./next.txt}}
`},
		{"a secret that is external", with("{secret: next}", end, end+"\nsecrets: {next: {external: true}}"), `
compose.yml:3: x-bluegreen.preview.secret names "next", which is external: nobody can read it here
  fix: have it come from a file or a variable: secrets: {next: {file: ./next.txt}}
`},
		{"a secret of an open preview", with("{mode: open, secret: next}", end, end+"\nsecrets: {next: {file: ./next}}"), `
compose.yml:3: has x-bluegreen.preview.secret, but with mode open there is no token
  fix: remove secret, or mode
`},
		{"a host for two pairs", with("{host: next.test}", second("host: api.test")...), `
compose.yml:13: service "web-blue": has the same preview as the pair "api": next.test on listener 80
  fix: give it another host: x-bluegreen: {preview: other.next.test}
`},
		{"a host at which visitors are", second("host: api.test, preview: API.test"), `
compose.yml:17: service "api-blue": has the preview host api.test, at which visitors reach the pair "api"
  fix: give the preview a host name of its own
`},
		{"a host of tcp", second("mode: tcp, listen: 81, preview: next.test"), `
compose.yml:17: service "api-blue": is a tcp route, which has neither host nor path nor preview
  fix: remove host, path and preview, or write mode: http
`},
	} {
		b.check(t)
	}
}

func TestPreviewHosts(t *testing.T) {
	for _, c := range []struct{ settings, route, want string }{
		{"token", "{port: 8080}", ""},
		{"{host: Next.test}", "{port: 8080}", "next.test"},
		{"{host: next.test}", "{port: 8080, preview: web.test}", "web.test"},
		{"{mode: off, host: next.test}", "{port: 8080, preview: web.test}", ""},
		{"{host: next.test}", "{port: 8080, mode: tcp}", ""},
	} {
		p := mustLoadText(t, strings.ReplaceAll(previewing(c.settings), "{port: 8080}", c.route))
		equal(t, c.settings+" "+c.route, p.Pairs[0].Routes[Blue].Preview, c.want)
	}
}

// A preview's host that a file does not have any more is closed for both colours at
// once: that is no way of visitors'.
func TestAPreviewIsClosedAtOnce(t *testing.T) {
	open := mustLoadText(t, strings.Replace(smallest, top, top+"x-bluegreen: {preview: {host: next.test}}\n", 1)).Model
	closed := mustLoadText(t, smallest).Model
	merged := open.With(Green, closed)
	equal(t, "closed", merged.Pairs[0].Routes[Blue].Preview+merged.Pairs[0].Routes[Green].Preview, "")
	merged = closed.With(Green, open)
	equal(t, "opened", merged.Pairs[0].Routes[Blue].Preview, "next.test")
}
