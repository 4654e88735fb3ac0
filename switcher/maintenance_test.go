package switcher

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"
)

func TestMaintenanceIsPlanned(t *testing.T) {
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := func() *Maintenance { return &Maintenance{RetryAfter: 120, Since: began, By: "ann"} }
	other := func() *Maintenance { return &Maintenance{RetryAfter: 60, Since: began.Add(time.Hour), By: "bob"} }
	for _, test := range []struct {
		name        string
		now, wanted *Maintenance
		taken       bool
		steps       int
	}{
		{"begin", nil, other(), true, 1},
		{"the same again", now(), now(), true, 0},
		{"the same again, which the proxy has not taken", now(), now(), false, 1},
		{"change", now(), other(), true, 1},
		{"end", now(), nil, true, 1},
		{"end none", nil, nil, true, 0},
		{"end one that was killed at its end", nil, nil, false, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := planMaintenance("lb", test.now, test.taken, test.wanted)
			assert.Equal(t, len(p.Steps), test.steps)
			assert.Equal(t, p.Empty(), p.Nothing != "")
		})
	}
	p := planMaintenance("lb", now(), true, other())
	assert.DeepEqual(t, *p.Steps[0].Maintenance, Maintenance{RetryAfter: 60, Since: began, By: "ann"})
	expect(t, p, nil, "maintain lb: visitors get 503, previews the project")
}
