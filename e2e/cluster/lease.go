package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// prefix begins the names of clusters, their containers, networks and folders.
const prefix = "bg-swarm-"

// lease is a cluster's folder with a file that the maker has locked for as long as it lives. The
// nodes wait for that lock, and stop when they get it.
type lease struct {
	dir  string
	file *os.File
}

func newLease() (*lease, error) {
	// Below the system's folder and not the test's: a socket's path may not be long.
	dir, err := os.MkdirTemp("", prefix)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, "lease"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := tryLock(file, true); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the lease: %w", err), file.Close(), os.RemoveAll(dir))
	}
	return &lease{dir: dir, file: file}, nil
}

func (l *lease) name() string { return filepath.Base(l.dir) }

// release lets go without an end: whoever sweeps next has to remove what is left.
func (l *lease) release() error { return l.file.Close() }

func (l *lease) end() error { return errors.Join(l.file.Close(), removeDir(l.dir)) }

// abandoned tells whether nobody holds the lease in a folder.
func abandoned(dir string) bool {
	file, err := os.Open(filepath.Join(dir, "lease"))
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	defer func() { _ = file.Close() }()
	return tryLock(file, false) == nil
}

// removeDir removes the folder that a label names, and only one that is a cluster's.
func removeDir(dir string) error {
	if !strings.HasPrefix(filepath.Base(dir), prefix) {
		return fmt.Errorf("remove %s: no cluster's folder", dir)
	}
	return os.RemoveAll(dir)
}
