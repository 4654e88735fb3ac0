package traefik

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The routes file is a comment with the table as JSON, which the tool reads,
// then the configuration that Traefik reads. Both stand in one file so that
// one rename changes both.
const tableComment = "# "

// format is the content of the routes file, and the revision by which a
// running Traefik tells that it has taken it.
func format(m compose.Model, t table, e entries, token string) (text, revision string, err error) {
	comment, err := json.Marshal(t)
	if err != nil {
		return "", "", err
	}
	routes := render(m, t, e, token)
	body, err := yaml.Marshal(routes)
	if err != nil {
		return "", "", err
	}
	revision = revisionOf(body)
	routes.tell(revisionPrefix+revision, "/revision")
	if body, err = yaml.Marshal(routes); err != nil {
		return "", "", err
	}
	return tableComment + untemplated(string(comment)) + "\n" +
		"# Written by docker bluegreen for project " + m.Name + ": changes are overwritten.\n" + string(body), revision, nil
}

// revisionOf tells one configuration from another.
func revisionOf(body []byte) string {
	sum := fnv.New64a()
	_, _ = sum.Write(body) // a hash takes everything
	return fmt.Sprintf("%016x", sum.Sum64())
}

// untemplated keeps Traefik, which takes its files for Go templates, from
// seeing an action in JSON: two braces in a row stand in strings alone.
func untemplated(text string) string { return strings.ReplaceAll(text, "{{", `{\u007b`) }

// parse reads the table out of a routes file.
func parse(text string) (*table, error) {
	first, _, _ := strings.Cut(text, "\n")
	comment, found := strings.CutPrefix(first, tableComment)
	if !found {
		return nil, errors.New("its first line is not the comment that the tool writes")
	}
	var t table
	if err := json.Unmarshal([]byte(comment), &t); err != nil {
		return nil, fmt.Errorf("its first line is damaged: %w", err)
	}
	if t.Replicas == nil {
		t.Replicas = map[string][]replica{}
	}
	return &t, nil
}

// revisionIn finds the revision that a routes file names.
func revisionIn(text string) string {
	_, body, _ := strings.Cut(text, "\n") // the table may say anything
	_, rest, _ := strings.Cut(body, revisionPrefix)
	revision, _, _ := strings.Cut(rest, ":")
	return revision
}

// note is what has changed of a routing since it was committed. It stands in a
// file of its own, which Traefik does not read: a change of the routes file
// costs Traefik what it knows of the replicas' health.
type note struct {
	// Of is the routing that the note belongs to.
	Of      switcher.Routing `json:"of"`
	Routing switcher.Routing `json:"routing"`
}

// noted is a routing with its note, where there is one and it belongs to it.
func noted(r switcher.Routing, text string) switcher.Routing {
	var n note
	if json.Unmarshal([]byte(text), &n) != nil || !sameRouting(n.Of, r) {
		return r
	}
	return n.Routing
}

// sameRouting compares routings as they are written.
func sameRouting(a, b switcher.Routing) bool {
	one, err1 := json.Marshal(a)
	two, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(one) == string(two)
}
