package haproxy

import "testing"

func TestAProcessTellsItsParentAndItsStart(t *testing.T) {
	const (
		stat   = "8 (ha) proxy) S 1 1 1 0 -1 4194368 500 0 1 0 0 0 0 0 20 0 2 0 117212 101400576 1785"
		uptime = "1202.66 353.79\n"
		boot   = "cpu 1 2 3\nctxt 4\nbtime 1795573436\nprocesses 5\n"
	)
	got, err := parseProcess(stat, uptime, boot)
	if err != nil || got.parent != "1" || got.age < 30.53 || got.age > 30.55 || got.began < 1795574608 || got.began > 1795574609 {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, broken := range [][3]string{{"", uptime, boot}, {stat, "", boot}, {stat, "soon", boot}, {stat, uptime, ""}} {
		if _, err := parseProcess(broken[0], broken[1], broken[2]); err == nil {
			t.Errorf("%q was read", broken)
		}
	}
}

// An instance says in whole seconds when it was started; that may have taken
// long, and so may the question. The clock is read at second 1000.
func TestTheInstanceIsKnownByItsStart(t *testing.T) {
	at := func(age float64) process { return process{age: age, began: 1000 - age} }
	for _, c := range []struct {
		name           string
		worker, master process
		says           start
		own            bool
	}{
		{"at once", at(0.2), at(0.3), start{0, 999}, true},
		{"rounded up", at(30.4), at(30.6), start{31, 969}, true},
		{"asked a moment earlier", at(31.2), at(31.4), start{30, 968}, true},
		{"asked long before", at(39.2), at(39.4), start{30, 960}, true},
		{"slow to start", at(10), at(15), start{14, 986}, true},
		{"after a reload", at(5), at(300), start{5, 995}, true},
		{"by a clock that was set", at(5), at(5.1), start{5, 700}, true},
		{"the elder one", at(3), at(3.2), start{30, 970}, false},
		{"the younger one", at(30), at(30.2), start{3, 997}, false},
	} {
		if got := fits(c.worker, c.says, c.master); got != c.own {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
