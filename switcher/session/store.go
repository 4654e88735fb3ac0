package session

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The files of a Store, in the session's directory. The agents look for
// modelFile to find that directory.
const (
	modelFile    = "project.json"
	historyFile  = "history.jsonl"
	releasesFile = "releases.json"
)

// slack is how many records a history may have above switcher.HistoryLimit
// before it is rewritten: most releases then append one line.
const slack = 50

// Store is a project's memory in files beside the proxy's state. It
// implements switcher.Store.
type Store struct {
	Session *Session
	Errors  Errors
}

// Model implements switcher.Store.
func (s *Store) Model(ctx context.Context) (*compose.Model, error) {
	const doing = "read the recorded project"
	text, found, err := s.read(ctx, modelFile)
	if err != nil || !found {
		return nil, s.Errors.Wrap(doing, err)
	}
	var m compose.Model
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, s.Errors.Wrap(doing, fmt.Errorf("%s is damaged: %w", s.Session.Path(modelFile), err))
	}
	return &m, nil
}

// SaveModel implements switcher.Store.
func (s *Store) SaveModel(ctx context.Context, m compose.Model) error {
	text, err := json.Marshal(m)
	if err == nil {
		err = s.Session.Write(ctx, s.Session.Path(modelFile), string(text))
	}
	return s.Errors.Wrap("record the project", err)
}

// History implements switcher.Store. A line that cannot be read, such as one
// that a crash has torn, is left out.
func (s *Store) History(ctx context.Context) ([]switcher.Record, error) {
	text, _, err := s.read(ctx, historyFile)
	if err != nil {
		return nil, s.Errors.Wrap("read the history", err)
	}
	var records []switcher.Record
	for line := range strings.Lines(text) {
		var r switcher.Record
		if json.Unmarshal([]byte(line), &r) == nil {
			records = append(records, r)
		}
	}
	return records[max(0, len(records)-switcher.HistoryLimit):], nil
}

// Append implements switcher.Store. It must be called under the lock.
func (s *Store) Append(ctx context.Context, r switcher.Record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	lines, err := s.Session.Append(ctx, s.Session.Path(historyFile), string(line))
	if err == nil && lines > switcher.HistoryLimit+slack {
		err = s.trim(ctx)
	}
	return s.Errors.Wrap("add to the history", err)
}

func (s *Store) trim(ctx context.Context) error {
	records, err := s.History(ctx)
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, r := range records {
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		text.Write(append(line, '\n'))
	}
	return s.Session.Write(ctx, s.Session.Path(historyFile), text.String())
}

// Releases implements switcher.Store.
func (s *Store) Releases(ctx context.Context) ([]switcher.Kept, error) {
	const doing = "read the kept releases"
	text, found, err := s.read(ctx, releasesFile)
	if err != nil || !found {
		return nil, s.Errors.Wrap(doing, err)
	}
	var releases []switcher.Kept
	if err := json.Unmarshal([]byte(text), &releases); err != nil {
		return nil, s.Errors.Wrap(doing, fmt.Errorf("%s is damaged: %w", s.Session.Path(releasesFile), err))
	}
	return releases, nil
}

// SaveReleases implements switcher.Store.
func (s *Store) SaveReleases(ctx context.Context, releases []switcher.Kept) error {
	text, err := json.Marshal(releases)
	if err == nil {
		err = s.Session.Write(ctx, s.Session.Path(releasesFile), string(text))
	}
	return s.Errors.Wrap("record the kept releases", err)
}

func (s *Store) read(ctx context.Context, file string) (text string, found bool, err error) {
	path := s.Session.Path(file)
	contents, err := s.Session.Read(ctx, path)
	text, found = contents[path]
	return text, found, err
}
