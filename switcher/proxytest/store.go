package proxytest

import (
	"testing"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func storeOutlivesSession(t *testing.T, w *world) {
	ctx, first := t.Context(), w.enter(t)
	ok(t, first.SaveModel(ctx, w.model))
	for _, release := range []string{"r1", "r2"} {
		ok(t, first.Append(ctx, switcher.Record{Action: "switch", Release: release, Result: "done"}))
	}
	ok(t, first.Close())
	second := w.enter(t)
	m, err := second.Model(ctx)
	if err != nil || m == nil || m.Name != w.project || len(m.Pairs) != len(w.model.Pairs) {
		t.Errorf("the model is %+v, %v", m, err)
	}
	records, err := second.History(ctx)
	if err != nil || len(records) < 2 || records[len(records)-1].Release != "r2" || records[len(records)-2].Release != "r1" {
		t.Errorf("the history is %+v, %v", records, err)
	}
}
