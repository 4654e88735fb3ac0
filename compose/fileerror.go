package compose

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/compose-spec/compose-go/v2/errdefs"
)

// FileError tells that a Compose file, or a file that it needs, cannot be
// found or read.
type FileError struct {
	// Path is the file; empty when no Compose file was found at all.
	Path string
	Err  error
	next string
}

func (e *FileError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("find the Compose file: %v", e.Err)
	}
	return fmt.Sprintf("read %s: %v", shorten(e.Path), e.Err)
}

func (e *FileError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *FileError) Hint() string { return e.next }

var errNoFile = errors.New("there is none in this directory or above it")

const findHint = "go to the project's directory, or name the file: -f FILE"

// envFileMissing is how Compose says that an --env-file is not there.
const envFileMissing = "couldn't find env file: "

// readError gives an error of Compose's reading its words and its hint.
func readError(err error) error {
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return &FileError{Path: path.Path, Err: path.Err, next: readHint(path.Err)}
	case strings.HasPrefix(err.Error(), envFileMissing):
		return &FileError{
			Path: strings.TrimPrefix(err.Error(), envFileMissing),
			Err:  fs.ErrNotExist,
			next: "check --env-file, and COMPOSE_ENV_FILES where it is set",
		}
	case errors.Is(err, errdefs.ErrNotFound):
		return &FileError{Err: errNoFile, next: findHint}
	default:
		return err
	}
}

func readHint(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "check the path, and COMPOSE_FILE where it is set"
	}
	return "check that you may read it"
}

// isReadError tells an unreadable file from one with wrong content. Compose
// marks only some of them.
func isReadError(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path) ||
		errors.Is(err, errdefs.ErrNotFound) ||
		strings.Contains(err.Error(), "env file")
}
