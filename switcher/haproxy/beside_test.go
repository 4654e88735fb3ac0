package haproxy

import "testing"

func TestAProcessTellsItsParentAndItsAge(t *testing.T) {
	const stat = "8 (ha) proxy) S 1 1 1 0 -1 4194368 500 0 1 0 0 0 0 0 20 0 2 0 117212 101400576 1785"
	got, err := parseProcess(stat, "1202.66 353.79\n")
	if err != nil || got.parent != "1" || got.age < 30.53 || got.age > 30.55 {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, broken := range [][2]string{{"", "1.0 1.0"}, {stat, ""}, {stat, "soon"}} {
		if _, err := parseProcess(broken[0], broken[1]); err == nil {
			t.Errorf("%q was read", broken)
		}
	}
}

// An instance says its age in whole seconds; starting it may have taken long.
func TestTheInstanceIsKnownByItsAge(t *testing.T) {
	for _, c := range []struct {
		name                 string
		worker, says, master float64
		own                  bool
	}{
		{"at once", 0.2, 0, 0.3, true},
		{"rounded up", 30.4, 31, 30.6, true},
		{"read a moment later", 31.2, 30, 31.4, true},
		{"slow to start", 10, 14, 15, true},
		{"after a reload", 5, 5, 300, true},
		{"the elder one", 3, 30, 3.2, false},
		{"the younger one", 30, 3, 30.2, false},
	} {
		if got := between(c.worker, c.says, c.master); got != c.own {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
