package compose

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/compose-spec/compose-go/v2/errdefs"
)

var (
	// namedFile is how Compose begins what it says of one file.
	namedFile = regexp.MustCompile(`^(?:validating|failed to parse) (.+?\.[a-zA-Z]+): `)
	// yamlPrefix is how the YAML library begins, with the line at its end.
	yamlPrefix = regexp.MustCompile(`^(?:go-yaml .* at (?:L[0-9.C]+-)?L([0-9]+)\.C[0-9]+: |yaml: construct errors: (?:line [0-9]+: )*line ([0-9]+): )`)
	// namedService is how Compose begins what it says of one service.
	namedService = regexp.MustCompile(`^service "([^"]+)" `)
	// attribute is a path into the file in Compose's messages.
	attribute = regexp.MustCompile(`\b(?:services|networks|volumes|configs|secrets)(?:\.[A-Za-z0-9_-]+)+`)
)

// refusal is what Compose itself has against the content of the files, with
// the place where it can be told. The words stay Compose's, so that they are
// found where others met them.
func refusal(files []string, err error) []error {
	var problems []error
	for line := range strings.Lines(err.Error()) {
		problem := strings.TrimSuffix(strings.TrimSpace(line), ": "+errdefs.ErrInvalid.Error())
		problems = append(problems, refused(files, problem))
	}
	return problems
}

func refused(files []string, problem string) *InvalidError {
	file := files[0]
	if named := namedFile.FindStringSubmatch(problem); named != nil {
		file, problem = named[1], strings.TrimPrefix(problem, named[0])
	} else if broken, ok := firstBroken(files); ok {
		file = broken
	}
	where, service := shorten(file), ""
	at := locateIn(files, filepath.Dir(file))
	if prefix := yamlPrefix.FindStringSubmatch(problem); prefix != nil {
		where += ":" + prefix[1] + prefix[2]
		problem = "not valid YAML: " + strings.TrimPrefix(problem, prefix[0])
	} else if named := namedService.FindStringSubmatch(problem); named != nil {
		service, problem = named[1], strings.TrimPrefix(problem, named[0])
		where = at("services", service)
	} else if path := attribute.FindString(problem); path != "" {
		where = at(strings.Split(path, ".")...)
	}
	return &InvalidError{
		File:    where,
		Service: service,
		Problem: strings.Replace(problem, " false schema", " is not an attribute that Compose knows", 1),
		Fix:     "plain Compose refuses it too: edit the file until it passes docker compose config",
	}
}

// firstBroken is the first file that is not YAML.
func firstBroken(files []string) (string, bool) {
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if _, err := lastOf(content, func(n named) string { return n.Name }); err != nil {
			return file, true
		}
	}
	return "", false
}

// covered tells that a broken rule says what Compose's refusal says, of the
// same service.
func covered(refused, broken error) bool {
	for _, found := range flatten(broken) {
		var rule *InvalidError
		if !errors.As(found, &rule) || rule.Service == "" || !strings.Contains(refused.Error(), rule.Service) {
			continue
		}
		for _, subject := range []string{"container_name", "depends on"} {
			if strings.Contains(rule.Problem, subject) && strings.Contains(refused.Error(), subject) {
				return true
			}
		}
	}
	return false
}

// flatten lists the errors that were joined.
func flatten(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}
