package cluster

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func store() (*fakeSwarm, *Line) {
	f := &fakeSwarm{records: map[string]string{}}
	return f, NewDoor(f, "shop", nil).Open("lb", true)
}

func TestTheMemoryIsReadAsItWasWritten(t *testing.T) {
	_, l := store()
	ctx := t.Context()
	m, err := l.Model(ctx)
	assert.NilError(t, err)
	assert.Assert(t, m == nil)
	token, err := l.Token(ctx)
	assert.NilError(t, err)
	assert.Equal(t, token, "")
	history, err := l.History(ctx)
	assert.NilError(t, err)
	assert.Equal(t, len(history), 0)

	assert.NilError(t, l.SaveModel(ctx, compose.Model{Name: "shop", Engine: compose.Swarm}))
	assert.NilError(t, l.SaveToken(ctx, "s3cret"))
	assert.NilError(t, l.SaveReleases(ctx, []switcher.Kept{{Release: "abc"}}))
	for _, who := range []string{"ann", "bob"} {
		assert.NilError(t, l.Append(ctx, switcher.Record{Who: who}))
	}
	m, err = l.Model(ctx)
	assert.NilError(t, err)
	assert.Equal(t, m.Name, "shop")
	assert.Equal(t, m.Engine, compose.Swarm)
	token, err = l.Token(ctx)
	assert.NilError(t, err)
	assert.Equal(t, token, "s3cret")
	releases, err := l.Releases(ctx)
	assert.NilError(t, err)
	assert.Equal(t, releases[0].Release, "abc")
	history, err = l.History(ctx)
	assert.NilError(t, err)
	assert.Equal(t, len(history), 2)
	assert.Equal(t, history[1].Who, "bob", "the oldest comes first")
}

func TestWhatIsAsItWasIsNotWrittenAgain(t *testing.T) {
	f, l := store()
	for range 3 {
		assert.NilError(t, l.SaveToken(t.Context(), "same"))
	}
	assert.Equal(t, f.writes, 1)
}

func TestARecordThatSomebodyChangesIsEditedAnew(t *testing.T) {
	f, l := store()
	f.races = edits - 1
	assert.NilError(t, l.Append(t.Context(), switcher.Record{Who: "ann"}))
	assert.Equal(t, f.writes, edits)
	history, err := l.History(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, len(history), 1, "once, however often it was tried")

	f.races = edits
	err = l.Append(t.Context(), switcher.Record{Who: "bob"})
	assert.ErrorIs(t, err, swarm.ErrChanged)
	var failed *switcher.ProxyError
	assert.Assert(t, errors.As(err, &failed))
	assert.Equal(t, failed.Doing, "add to the history")
}

func TestADamagedRecordIsAnError(t *testing.T) {
	f, l := store()
	f.records[historyRecord], f.records[modelRecord] = "{", "[]"
	_, err := l.History(t.Context())
	assert.ErrorContains(t, err, "the record history is damaged")
	_, err = l.Model(t.Context())
	assert.ErrorContains(t, err, "the record project is damaged")
	assert.Assert(t, l.Append(t.Context(), switcher.Record{}) != nil)
	assert.Equal(t, f.records[historyRecord], "{", "it is not written over")
}

func TestTheHistoryIsBounded(t *testing.T) {
	parsed := func(text string) (records []switcher.Record) {
		t.Helper()
		assert.NilError(t, json.Unmarshal([]byte(text), &records))
		return records
	}
	small := make([]switcher.Record, switcher.HistoryLimit+7)
	for i := range small {
		small[i].Who = "x"
	}
	small[len(small)-1].Who = "last"
	text, err := bounded(small)
	assert.NilError(t, err)
	assert.Assert(t, len(text) <= historyBytes, "%d bytes", len(text))
	kept := parsed(text)
	assert.Assert(t, len(kept) > 100 && len(kept) <= switcher.HistoryLimit, "%d", len(kept))
	assert.Equal(t, kept[len(kept)-1].Who, "last")

	large := make([]switcher.Record, 100)
	for i := range large {
		large[i] = switcher.Record{Who: strings.Repeat("x", 2<<10), Time: time.Unix(int64(i), 0)}
	}
	text, err = bounded(large)
	assert.NilError(t, err)
	assert.Assert(t, len(text) <= historyBytes, "%d bytes", len(text))
	kept = parsed(text)
	assert.Assert(t, len(kept) >= 20, "%d", len(kept))
	assert.Equal(t, kept[len(kept)-1].Time.Unix(), int64(99))

	// One that is too long by itself is kept all the same.
	text, err = bounded([]switcher.Record{{}, {Who: strings.Repeat("x", historyBytes)}})
	assert.NilError(t, err)
	assert.Equal(t, len(parsed(text)), 1)
}
