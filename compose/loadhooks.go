package compose

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
)

// LoadHooks loads a project for its hooks and checks, and only where it has any:
// nil when its files do not hold the words. Looking for a word takes less time
// than the flip of which they are, loading the files takes more.
func LoadHooks(ctx context.Context, o Options) (*Project, error) {
	found, err := o.resolve()
	if err != nil {
		return nil, err
	}
	if len(found.ConfigPaths) == 0 {
		return nil, &FileError{Err: errNoFile, next: findHint}
	}
	if slices.Contains(found.ConfigPaths, "-") {
		return nil, errors.New("standard input can be read only once")
	}
	mentioned := false
	for _, file := range found.ConfigPaths {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, readError(err)
		}
		mentioned = mentioned || bytes.Contains(content, []byte("hooks")) || bytes.Contains(content, []byte("checks"))
	}
	if !mentioned {
		return nil, nil
	}
	return Load(ctx, o)
}
