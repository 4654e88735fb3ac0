package proxytest

import (
	"reflect"
	"testing"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func storeOutlivesSession(t *testing.T, w *world) {
	ctx, first := t.Context(), w.enter(t)
	ok(t, first.SaveModel(ctx, w.model))
	for _, release := range []string{"r1", "r2"} {
		ok(t, first.Append(ctx, switcher.Record{Action: "switch", Release: release, Result: "done"}))
	}
	kept := []switcher.Kept{{Release: "r1", Images: map[string]switcher.KeptImage{"web": {Service: "web-blue", Ref: "hello:v1", ID: "sha256:1", Hash: "h"}}}}
	before, err := first.Releases(ctx)
	if err != nil || len(before) > 0 {
		t.Errorf("before any was kept: %+v, %v", before, err)
	}
	ok(t, first.SaveReleases(ctx, kept))
	ok(t, first.Close())
	second := w.enter(t)
	m, err := second.Model(ctx)
	if err != nil || m == nil || m.Name != w.project || len(m.Pairs) != len(w.model.Pairs) {
		t.Errorf("the model is %+v, %v", m, err)
	}
	if got, err := second.Releases(ctx); err != nil || !reflect.DeepEqual(got, kept) {
		t.Errorf("the kept releases are %+v, %v", got, err)
	}
	records, err := second.History(ctx)
	if err != nil || len(records) < 2 || records[len(records)-1].Release != "r2" || records[len(records)-2].Release != "r1" {
		t.Errorf("the history is %+v, %v", records, err)
	}
}
