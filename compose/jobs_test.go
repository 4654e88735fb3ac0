package compose

import (
	"fmt"
	"testing"
)

const jobsProject = `
name: shop
x-web: &web
  image: web
  x-bluegreen: {port: 80}
services:
  lb: {image: haproxy, volumes: ["state:/state"]}
  db: {image: db, depends_on: [disk]}
  disk: {image: disk}
  metrics: {image: metrics}
  seed:
    image: seed
    profiles: [blue, green]
    depends_on: [db]
  migrate-blue: {<<: *web, profiles: [blue], depends_on: {seed: {condition: service_completed_successfully}}}
  migrate-green: {<<: *web, profiles: [green], depends_on: {seed: {condition: service_completed_successfully}}}
  api-blue: {image: api, profiles: [blue], x-bluegreen: {port: 80, path: /api}}
  api-green: {image: api, profiles: [green], x-bluegreen: {port: 80, path: /api}}
  web-blue:
    <<: *web
    profiles: [blue]
    depends_on: {api-blue: {condition: service_healthy}, migrate-blue: {condition: service_completed_successfully}}
  web-green:
    <<: *web
    profiles: [green]
    depends_on: {api-green: {condition: service_healthy}, migrate-green: {condition: service_completed_successfully}}
volumes: {state: {}}
`

func TestJobs(t *testing.T) {
	p := mustLoadText(t, jobsProject)
	equal(t, "jobs", p.Jobs, map[Colour][]string{
		Blue:  {"migrate-blue", "seed"},
		Green: {"migrate-green", "seed"},
	})
	equal(t, "pairs", fmt.Sprint(p.Services(Blue), p.Services(Green)), "[api-blue web-blue] [api-green web-green]")
	equal(t, "shared", p.Shared, []string{"db", "disk", "metrics"})
	equal(t, "remarks", p.Remarks, nil)
}

func TestNoJobs(t *testing.T) {
	if p := mustLoadText(t, smallest); p.Jobs != nil {
		t.Errorf("got %v", p.Jobs)
	}
}

// A shared one-shot service is no job of a colour.
func TestSharedOneShot(t *testing.T) {
	p := mustLoadText(t, smallest[:len(smallest)-len(end)-1]+
		"    depends_on: {seed: {condition: service_completed_successfully}}\n  seed: {image: s}\n"+end)
	equal(t, "jobs", p.Jobs, map[Colour][]string(nil))
	equal(t, "shared", p.Shared, []string{"seed"})
}
