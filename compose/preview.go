package compose

import (
	"crypto/rand"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Preview says who may see the idle colour through the proxy.
type Preview string

// The ways of a preview. The zero value is PreviewToken: versions that are not
// released are not for everybody.
const (
	PreviewToken Preview = "token"
	PreviewOpen  Preview = "open"
	PreviewOff   Preview = "off"
)

// PreviewHeader is the header, and the cookie, by whose value a request asks
// for the idle colour.
const PreviewHeader = "X-Bluegreen"

// openToken is the value that everybody knows.
const openToken = "idle"

// previewSettings are what the top-level x-bluegreen says of the preview.
type previewSettings struct {
	Mode   Preview
	Secret string
	Host   string
}

func previewMode() field[previewSettings] {
	return choice("mode", []Preview{PreviewToken, PreviewOpen, PreviewOff}, func(s *previewSettings) *Preview { return &s.Mode })
}

// previewFields are the keys of x-bluegreen.preview.
func previewFields() []field[previewSettings] {
	type s = previewSettings
	return []field[s]{
		previewMode(),
		text("secret", namePattern, "the name of a secret of this file", func(s *s) *string { return &s.Secret }),
		text("host", hostPattern, "one host name without port or wildcard: next.example.com", func(s *s) *string { return &s.Host }),
	}
}

// readPreview reads the short form, the mode, or the mapping.
func readPreview(at place, value any, into *projectSettings) {
	if _, short := value.(string); short {
		previewMode().read(at, value, &into.Preview)
		return
	}
	readMapping(at, value, previewFields(), &into.Preview)
}

// previewSecret is the secret that the file has the token come from, and the
// rules about it.
func (b *builder) previewSecret() *types.SecretConfig {
	name, mode := b.top.Preview.Secret, b.top.Preview.Mode
	if name == "" {
		return nil
	}
	at := []string{extension, "preview", "secret"}
	if mode == PreviewOpen || mode == PreviewOff {
		b.blameProject(fmt.Sprintf("has x-bluegreen.preview.secret, but with mode %s there is no token", mode), "remove secret, or mode", at...)
		return nil
	}
	secret, found := b.source.Secrets[name]
	switch {
	case !found:
		b.blameProject(fmt.Sprintf("x-bluegreen.preview.secret names %q, which is not a secret of the file", name),
			fmt.Sprintf("add it at the top level: secrets: {%s: {file: ./%s.txt}}", name, name), at...)
		return nil
	case bool(secret.External):
		b.blameProject(fmt.Sprintf("x-bluegreen.preview.secret names %q, which is external: nobody can read it here", name),
			fmt.Sprintf("have it come from a file or a variable: secrets: {%s: {file: ./%s.txt}}", name, name), at...)
		return nil
	}
	secret.Name = name // as the file has it, without the project's name
	return &secret
}

// token is what a token may be made of: it stands in headers, cookies and the
// proxy's rules as it is. A short one could be guessed.
var token = regexp.MustCompile(`^[A-Za-z0-9._~-]{16,128}$`)

// Token is what opens the preview: what the file says, or else the former
// token, or where there is none, a new one. "" is a preview that is off.
func (p *Project) Token(former string) (string, error) {
	switch {
	case p.Preview == PreviewOff:
		return "", nil
	case p.Preview == PreviewOpen:
		return openToken, nil
	case p.secret != nil:
		return readToken(*p.secret)
	case former == "" || former == openToken:
		return rand.Text(), nil // 128 bits or more
	default:
		return former, nil
	}
}

// readToken reads a token out of a secret. Its value is in no message.
func readToken(secret types.SecretConfig) (string, error) {
	value, from := secret.Content, "the variable "+secret.Environment
	if secret.File != "" {
		content, err := os.ReadFile(secret.File)
		if err != nil {
			return "", &InvalidError{Problem: fmt.Sprintf("the secret %q cannot be read: %v", secret.Name, err), Fix: "write the preview's token there"}
		}
		value, from = string(content), secret.File
	}
	if value = strings.TrimSpace(value); !token.MatchString(value) {
		return "", &InvalidError{
			Problem: fmt.Sprintf("the secret %q is no token for the preview", secret.Name),
			Fix:     fmt.Sprintf("let %s have 16 to 128 letters, digits, dots, dashes, underscores or tildes", from),
		}
	}
	return value, nil
}

// InPreview lists the routes by which the idle colour is found: the same as by
// visitors, and by the preview's own host.
func (r Route) InPreview() []Route {
	routes := []Route{r}
	if r.Preview != "" {
		next := r
		next.Host = r.Preview
		routes = append(routes, next)
	}
	return routes
}

// checkPreviews reports preview hosts that say two things: a request must be
// either a preview's or a visitor's, and one pair's.
func (b *builder) checkPreviews(pairs []Pair) {
	for i, pair := range pairs {
		r, service := pair.Routes[Blue], pair.Services[Blue]
		if r.Preview == "" {
			continue
		}
		for j, other := range pairs {
			o := other.Routes[Blue]
			switch {
			case o.Listen != r.Listen:
			case o.Host == r.Preview:
				b.blame(service, fmt.Sprintf("has the preview host %s, at which visitors reach the pair %q", r.Preview, other.Name),
					"give the preview a host name of its own", extension, "preview")
			case j < i && o.Preview == r.Preview && o.Path == r.Path:
				b.blame(service, fmt.Sprintf("has the same preview as the pair %q: %s%s on listener %d", other.Name, r.Preview, r.Path, r.Listen),
					fmt.Sprintf("give it another host: %s: {preview: other.%s}", extension, r.Preview), extension, "preview")
			}
		}
	}
}
