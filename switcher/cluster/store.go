package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// The records of a project.
const (
	modelRecord    = "project"
	historyRecord  = "history"
	releasesRecord = "releases"
	tokenRecord    = "token"
)

// historyBytes bounds the history: a raft log holds each version of it until
// the next snapshot, and sends it to each manager.
const historyBytes = 64 << 10

// Store is a project's memory in the Swarm's records. It implements
// switcher.Store.
type Store struct {
	swarm  Swarm
	errors session.Errors
}

// Model implements switcher.Store.
func (s *Store) Model(ctx context.Context) (*compose.Model, error) {
	var m *compose.Model
	err := s.read(ctx, modelRecord, &m)
	return m, s.errors.Wrap("read the recorded project", err)
}

// SaveModel implements switcher.Store.
func (s *Store) SaveModel(ctx context.Context, m compose.Model) error {
	return s.errors.Wrap("record the project", s.write(ctx, modelRecord, m))
}

// History implements switcher.Store.
func (s *Store) History(ctx context.Context) ([]switcher.Record, error) {
	var records []switcher.Record
	err := s.read(ctx, historyRecord, &records)
	return records, s.errors.Wrap("read the history", err)
}

// Append implements switcher.Store. The oldest go when it becomes too long.
func (s *Store) Append(ctx context.Context, r switcher.Record) error {
	var records []switcher.Record
	err := s.edit(ctx, historyRecord, func(text string) (string, error) {
		records = nil
		if err := parse(text, &records); err != nil {
			return "", err
		}
		return bounded(append(records, r))
	})
	return s.errors.Wrap("add to the history", err)
}

// bounded is the JSON of as many of the last records as are kept.
func bounded(records []switcher.Record) (string, error) {
	records = records[max(0, len(records)-switcher.HistoryLimit):]
	for {
		text, err := json.Marshal(records)
		if err != nil || len(text) <= historyBytes || len(records) == 1 {
			return string(text), err
		}
		records = records[1+len(records)/8:]
	}
}

// Releases implements switcher.Store.
func (s *Store) Releases(ctx context.Context) ([]switcher.Kept, error) {
	var releases []switcher.Kept
	err := s.read(ctx, releasesRecord, &releases)
	return releases, s.errors.Wrap("read the kept releases", err)
}

// SaveReleases implements switcher.Store.
func (s *Store) SaveReleases(ctx context.Context, releases []switcher.Kept) error {
	return s.errors.Wrap("record the kept releases", s.write(ctx, releasesRecord, releases))
}

// Token implements switcher.Preview.
func (s *Store) Token(ctx context.Context) (string, error) {
	var token string
	err := s.read(ctx, tokenRecord, &token)
	return token, s.errors.Wrap("read the preview's token", err)
}

// SaveToken keeps the preview's token.
func (s *Store) SaveToken(ctx context.Context, token string) error {
	return s.errors.Wrap("record the preview's token", s.write(ctx, tokenRecord, token))
}

// read reads a record into a value, which stays as it is where there is none.
func (s *Store) read(ctx context.Context, name string, into any) error {
	r, err := s.swarm.Record(ctx, name)
	if err != nil {
		return err
	}
	if err := parse(r.Value, into); err != nil {
		return fmt.Errorf("the record %s is damaged: %w", name, err)
	}
	return nil
}

func parse(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

func (s *Store) write(ctx context.Context, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return s.edit(ctx, name, func(string) (string, error) { return string(text), nil })
}

// edits is how often a record is edited anew that somebody else has changed.
const edits = 5

// edit replaces a record by what is made of it.
func (s *Store) edit(ctx context.Context, name string, change func(string) (string, error)) error {
	var unsure string // what was written, while nobody knows whether it was
	for try := 1; ; try++ {
		former, err := s.swarm.Record(ctx, name)
		if err != nil || unsure != "" && former.Value == unsure {
			return err
		}
		text, err := change(former.Value)
		if err != nil || text == former.Value {
			return err
		}
		_, err = s.swarm.Replace(ctx, name, former, text)
		if swarm.Unsettled(err) {
			unsure = text
		} else if !errors.Is(err, swarm.ErrChanged) {
			return err
		}
		if try == edits {
			return err
		}
	}
}
