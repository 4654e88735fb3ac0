package compose

import (
	"fmt"
	"strings"
	"testing"
)

func TestWavesOfAFile(t *testing.T) {
	p := mustLoadText(t, jobsProject)
	for _, c := range Colours() {
		equal(t, string(c), p.Waves(c), [][]string{{"seed"}, {"migrate-" + string(c)}, {"api-" + string(c)}, {"web-" + string(c)}})
		equal(t, "shared of "+string(c), p.SharedDependencies(c), []string{"db", "disk"})
	}
}

func TestSharedDependenciesOfNone(t *testing.T) {
	if shared := mustLoadText(t, smallest).SharedDependencies(Blue); len(shared) > 0 {
		t.Errorf("got %v", shared)
	}
}

func TestWaves(t *testing.T) {
	const (
		started   = "{condition: service_started}"
		healthy   = "{condition: service_healthy}"
		completed = "{condition: service_completed_successfully}"
	)
	for _, c := range []struct {
		name string
		// services are "NAME: DEPENDENCY CONDITION, ..." without the colour.
		services []string
		want     [][]string
	}{
		{"alone", []string{"a:"}, [][]string{{"a"}}},
		{"side by side", []string{"a:", "b:"}, [][]string{{"a", "b"}}},
		{"started is the same wave", []string{"a: b " + started, "b:"}, [][]string{{"a", "b"}}},
		{"healthy is a new wave", []string{"a: b " + healthy, "b:"}, [][]string{{"b"}, {"a"}}},
		{"started after healthy", []string{"a: b " + started, "b: c " + healthy, "c:"}, [][]string{{"c"}, {"a", "b"}}},
		{"the latest counts", []string{"a: b " + healthy + ", c " + started, "b: c " + healthy, "c:"}, [][]string{{"c"}, {"b"}, {"a"}}},
		{"a job first, also for those that do not wait", []string{"a: m " + completed, "b:", "m:"}, [][]string{{"m"}, {"a", "b"}}},
		{"jobs in a row", []string{"a: m " + completed, "m: n " + completed, "n:"}, [][]string{{"n"}, {"m"}, {"a"}}},
		{"a job that needs a pair", []string{"a: m " + completed, "b:", "m: b " + healthy}, [][]string{{"b"}, {"m"}, {"a"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustLoadText(t, project(c.services))
			want := strings.NewReplacer("a", "a-blue", "b", "b-blue", "c", "c-blue", "m", "m-blue", "n", "n-blue").Replace(fmt.Sprint(c.want))
			equal(t, "waves", fmt.Sprint(p.Waves(Blue)), want)
		})
	}
}

// project is a file with services in both colours.
func project(services []string) string {
	text := "name: shop\nservices:\n  lb: {image: haproxy, volumes: ['state:/state']}\n"
	for _, s := range services {
		name, needs, _ := strings.Cut(s, ":")
		for _, colour := range Colours() {
			text += fmt.Sprintf("  %s-%s:\n    image: i\n    profiles: [%[2]s]\n    x-bluegreen: {port: 80, path: /%[1]s}\n", name, colour)
			if needs == "" {
				continue
			}
			text += "    depends_on:\n"
			for need := range strings.SplitSeq(needs, ",") {
				on, condition, _ := strings.Cut(strings.TrimSpace(need), " ")
				text += fmt.Sprintf("      %s-%s: %s\n", on, colour, condition)
			}
		}
	}
	return text + end + "\n"
}
