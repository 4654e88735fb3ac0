package haproxy

import "strings"

// config is the text of a user's settings, by section. A nil config is one
// that could not be read, of which everything is believed.
type config struct {
	sections []section
}

type section struct {
	header string
	lines  []string
}

// sectionNames begin a section (configuration manual, section 2).
var sectionNames = map[string]bool{
	"global": true, "defaults": true, "frontend": true, "backend": true, "listen": true, "resolvers": true,
	"peers": true, "mailers": true, "userlist": true, "cache": true, "program": true, "http-errors": true, "ring": true,
	"log-forward": true, "fcgi-app": true, "crt-store": true, "traces": true, "acme": true,
}

// parseConfig reads settings as far as Verify must know them: without
// comments, and with single spaces.
func parseConfig(text string) *config {
	c := &config{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		switch line = strings.Join(words, " "); {
		case len(words) == 0:
		case sectionNames[words[0]]:
			c.sections = append(c.sections, section{header: line})
		case len(c.sections) > 0:
			last := &c.sections[len(c.sections)-1]
			last.lines = append(last.lines, line)
		}
	}
	return c
}

// section finds a section by its first two words.
func (c *config) section(name string) *section {
	if c == nil {
		return &section{header: name}
	}
	for i, s := range c.sections {
		if s.header == name || strings.HasPrefix(s.header, name+" ") {
			return &c.sections[i]
		}
	}
	return nil
}

// has tells that in sections of a kind ("" is any) one line has all parts.
func (c *config) has(kind string, parts ...string) bool {
	if c == nil {
		return true
	}
	for _, s := range c.sections {
		if kind != "" && strings.Fields(s.header)[0] != kind {
			continue
		}
		for _, line := range s.lines {
			if containsAll(line, parts) {
				return true
			}
		}
	}
	return false
}

func containsAll(line string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(line, part) {
			return false
		}
	}
	return true
}
