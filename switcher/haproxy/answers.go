package haproxy

import (
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// parseMap reads the answer to "show map FILE": lines of an address, a key
// and a value.
func parseMap(said string) (switcher.Traffic, error) {
	var values []string
	for line := range strings.Lines(said) {
		if words := strings.Fields(line); len(words) == 3 && words[1] == mapKey {
			values = append(values, words[2])
		}
	}
	if len(values) != 1 {
		return switcher.Traffic{}, fmt.Errorf("its map of the active colour has %d values: %q", len(values), strings.TrimSpace(said))
	}
	t, err := parseSplit(values[0])
	if err != nil {
		return switcher.Traffic{}, fmt.Errorf("its map of the active colour is wrong: %w", err)
	}
	return t, nil
}

// parseBackends reads the answer to "show backend".
func parseBackends(said string) []string {
	var names []string
	for line := range strings.Lines(said) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
			names = append(names, name)
		}
	}
	return names
}

// parseInfo reads "Name: value" lines, the answer to "show info".
func parseInfo(said string) map[string]string {
	info := map[string]string{}
	for line := range strings.Lines(said) {
		if name, value, found := strings.Cut(line, ":"); found {
			info[name] = strings.TrimSpace(value)
		}
	}
	return info
}

// row is one line of "show stat", by column name: versions of HAProxy add
// columns, and keep names.
type row map[string]string

// parseStat reads the answer to "show stat" (management guide, section 9.1).
func parseStat(said string) ([]row, error) {
	header, body, found := strings.Cut(strings.TrimLeft(said, "\n"), "\n")
	header, marked := strings.CutPrefix(header, "# ")
	if !found || !marked {
		return nil, fmt.Errorf("its statistics begin with %q", header)
	}
	names := strings.Split(header, ",")
	reader := csv.NewReader(strings.NewReader(body))
	reader.FieldsPerRecord = -1
	lines, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read its statistics: %w", err)
	}
	rows := make([]row, 0, len(lines))
	for _, line := range lines {
		r := row{}
		for i, value := range line[:min(len(line), len(names))] {
			r[names[i]] = value
		}
		rows = append(rows, r)
	}
	return rows, nil
}
