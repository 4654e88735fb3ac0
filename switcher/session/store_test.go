package session

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestStoreKeepsTheModel(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		store, ctx := &Store{Session: open()}, t.Context()
		if m, err := store.Model(ctx); m != nil || err != nil {
			t.Errorf("before: %v, %v", m, err)
		}
		if err := store.SaveModel(ctx, compose.Model{Name: "hello", Shared: []string{"db"}}); err != nil {
			t.Fatal(err)
		}
		if m, err := store.Model(ctx); err != nil || m.Name != "hello" || len(m.Shared) != 1 {
			t.Errorf("after: %v, %v", m, err)
		}
		if err := os.WriteFile(store.Session.Path(modelFile), []byte(`{"name":`), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Model(ctx); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("damaged: %v", err)
		}
	})
}

func TestHistoryIsTrimmedAndForgivesDamage(t *testing.T) {
	eachToolSet(t, func(t *testing.T, open func() *Session) {
		store, ctx := &Store{Session: open()}, t.Context()
		if records, err := store.History(ctx); len(records) != 0 || err != nil {
			t.Errorf("before: %v, %v", records, err)
		}
		var old strings.Builder
		for n := range switcher.HistoryLimit + slack {
			fmt.Fprintf(&old, `{"action":"switch","release":"%d"}`+"\n", n)
		}
		path := store.Session.Path(historyFile)
		if err := store.Session.Write(ctx, path, old.String()); err != nil {
			t.Fatal(err)
		}
		for n := range 2 {
			if err := store.Append(ctx, switcher.Record{Action: "switch", Release: fmt.Sprint("new", n), Time: time.Now()}); err != nil {
				t.Fatal(err)
			}
		}
		text, _ := os.ReadFile(path)
		if err := os.WriteFile(path, append(text, `{"action":"torn`...), 0o600); err != nil {
			t.Fatal(err)
		}
		records, err := store.History(ctx)
		if err != nil || len(records) != switcher.HistoryLimit {
			t.Fatalf("%d records, %v", len(records), err)
		}
		if last := records[len(records)-1].Release; last != "new1" {
			t.Errorf("the last record is %q", last)
		}
		if lines := strings.Count(string(text), "\n"); lines > switcher.HistoryLimit+1 {
			t.Errorf("the file has %d lines", lines)
		}
	})
}
