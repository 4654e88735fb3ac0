package swarm

import (
	"slices"
	"strings"
)

// replaced is a text in which something that it must contain is replaced.
func replaced(text, former, now string) string {
	if !strings.Contains(text, former) {
		panic("the text does not contain " + former)
	}
	return strings.Replace(text, former, now, 1)
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }
