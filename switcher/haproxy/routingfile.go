package haproxy

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The routing file is a map file of HAProxy: a comment with the routing as
// JSON, which the tool reads, then the entry that HAProxy reads. Both stand
// in one file so that one rename changes both.
const routingComment = "# "

// maxComment bounds the comment: HAProxy reads a map file in pieces of
// tune.bufsize (16 KiB) and would take the rest of a longer line for an entry.
const maxComment = 8 << 10

// formatRouting is the content of the routing file.
func formatRouting(r switcher.Routing) (string, error) {
	comment, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	if len(comment) > maxComment {
		return "", fmt.Errorf("the routing is %d bytes long, at most %d are allowed", len(comment), maxComment)
	}
	return fmt.Sprintf("%s%s\n%s %s\n", routingComment, comment, mapKey, formatSplit(r.Traffic())), nil
}

// parseRouting reads the content of a routing file and refuses one whose two
// parts disagree, as after an edit by hand.
func parseRouting(text string) (*switcher.Routing, error) {
	first, rest, _ := strings.Cut(text, "\n")
	comment, found := strings.CutPrefix(first, routingComment)
	if !found {
		return nil, errors.New("its first line is not the comment that the tool writes")
	}
	var r switcher.Routing
	if err := json.Unmarshal([]byte(comment), &r); err != nil {
		return nil, fmt.Errorf("its first line is damaged: %w", err)
	}
	value, err := entry(rest)
	if err != nil {
		return nil, err
	}
	if value != formatSplit(r.Traffic()) {
		return nil, fmt.Errorf("its first line says that %s is active, its entry says %s", formatSplit(r.Traffic()), value)
	}
	return &r, nil
}

// entry is the value of the only entry in the text of a map file.
func entry(text string) (string, error) {
	var value string
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
		case len(words) != 2 || words[0] != mapKey || value != "":
			return "", fmt.Errorf("it has the unexpected entry %q", strings.TrimSpace(line))
		default:
			value = words[1]
		}
	}
	if value == "" {
		return "", fmt.Errorf("it has no entry %q", mapKey)
	}
	return value, nil
}

func mapValue(c compose.Colour) string {
	if c == "" {
		return noColour
	}
	return string(c)
}

func colourOf(value string) (compose.Colour, error) {
	if value == noColour {
		return "", nil
	}
	return compose.ParseColour(value)
}
