package traefik

import (
	"slices"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestEnrolment(t *testing.T) {
	former := []replica{{Name: "one", Out: retired}, {Name: "two"}}
	for _, c := range []struct {
		name   string
		names  []string
		active bool
		want   []replica
	}{
		{"has new replicas of the active colour begin untried", []string{"one", "two", "three"}, true, append(slices.Clone(former), replica{"three", untried})},
		{"takes in new replicas of the idle colour", []string{"one", "two", "three"}, false, append(slices.Clone(former), replica{"three", ""})},
		{"keeps what is known in the order that is given", []string{"two", "one"}, true, []replica{{"two", ""}, {"one", retired}}},
		{"forgets what is gone", []string{"two"}, true, []replica{{"two", ""}}},
		{"forgets a service without replicas", nil, true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := table{Replicas: map[string][]replica{"web": slices.Clone(former)}}
			x.enrol("web", c.names, c.active)
			if got := x.Replicas["web"]; !slices.Equal(got, c.want) {
				t.Errorf("the replicas are %v, want %v", got, c.want)
			}
			if _, found := x.Replicas["web"]; found != (c.want != nil) {
				t.Errorf("the service is there: %v", found)
			}
		})
	}
}

func TestATablesReplicas(t *testing.T) {
	x := enrolled(compose.Blue)
	changed := x.clone()
	changed.put("web-blue", "shop-web-blue-1", untried)
	changed.put("web-blue", "shop-web-blue-2", "")
	changed.put("web-blue", "unknown", retired)
	changed.Held = append(changed.Held, "web-blue")
	t.Run("are in the rotation unless there is a reason", func(t *testing.T) {
		if got := changed.in("web-blue"); !slices.Equal(got, []string{"shop-web-blue-2"}) {
			t.Errorf("in are %v", got)
		}
		if got := changed.in("unknown"); len(got) != 0 {
			t.Errorf("of an unknown service are in %v", got)
		}
	})
	t.Run("are found by service and name", func(t *testing.T) {
		if r, found := changed.find("web-blue", "shop-web-blue-1"); !found || r.Out != untried {
			t.Errorf("it is %v, %v", r, found)
		}
		if r, found := changed.find("web-green", "shop-web-blue-1"); found {
			t.Errorf("another service's is %v", r)
		}
	})
	t.Run("do not change with those of a clone", func(t *testing.T) {
		if !same(x, enrolled(compose.Blue)) || same(x, changed) {
			t.Errorf("it is %+v", x)
		}
	})
}

func TestOnlyRunningContainersAreEnrolled(t *testing.T) {
	containers := []compose.Container{
		{Name: "a", Service: "web", State: "running"}, {Name: "b", Service: "web", State: "exited"}, {Name: "c", Service: "api", State: "running"},
	}
	if got := running(containers, "web"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("they are %v", got)
	}
}

func TestASidesServicesStandThereOnce(t *testing.T) {
	m := shop(volume)
	m.Pairs = append(m.Pairs, pairOf(t, "web"))
	got := services(switcher.Side{Colour: compose.Blue, Model: m})
	if want := []string{"admin-blue", "api-blue", "db-blue", "web-blue"}; !slices.Equal(got, want) {
		t.Errorf("they are %v, want %v", got, want)
	}
}
