package session

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Read returns the contents of files by path, each with its last line ended.
// A file that does not exist is not in the result.
func (s *Session) Read(ctx context.Context, paths ...string) (map[string]string, error) {
	if err := oneWord(paths...); err != nil {
		return nil, err
	}
	a, err := s.request(ctx, "read "+strings.Join(paths, " "), "")
	if err != nil {
		return nil, err
	}
	contents := map[string]string{}
	var file string
	for _, line := range a.lines {
		switch line[0] {
		case '+':
			file = line[1:]
			contents[file] = ""
		case ' ':
			contents[file] += line[1:] + "\n"
		}
	}
	return contents, nil
}

// ErrDiffers tells that a file does not hold what was written to it.
var ErrDiffers = errors.New("the file read back differs from what was written")

// Write replaces a file durably: a temporary file beside it, fsync, rename,
// fsync of the directory. It reads the file back. A reader sees the former
// content or the new one, never a part. The project's directory is made when
// it is missing.
func (s *Session) Write(ctx context.Context, path, content string) error {
	return s.replace(ctx, "write", path, content)
}

// Seal is Write for a file that only the proxy's own user may read.
func (s *Session) Seal(ctx context.Context, path, content string) error {
	return s.replace(ctx, "seal", path, content)
}

// Place is Seal for a file in a directory that the proxy watches: nothing but
// the one rename happens there. The directory must lie on the volume that has
// the project's directory, and is made when it is missing.
func (s *Session) Place(ctx context.Context, path, content string) error {
	return s.replace(ctx, "place", path, content)
}

func (s *Session) replace(ctx context.Context, verb, path, content string) error {
	if err := oneWord(path); err != nil {
		return err
	}
	if !strings.HasSuffix(content, "\n") {
		content += "\n"
	}
	a, err := s.request(ctx, verb+" "+path+" "+strconv.Itoa(len(content)), content)
	if err != nil {
		return err
	}
	if a.text() != content {
		return fmt.Errorf("%s %s: %w", verb, path, ErrDiffers)
	}
	return nil
}

// Append adds one line to a file durably and returns how many lines it has
// then. A reader may see a part of the line, always at the end.
func (s *Session) Append(ctx context.Context, path, line string) (int, error) {
	if err := oneWord(path); err != nil {
		return 0, err
	}
	line = strings.TrimSuffix(line, "\n") + "\n"
	a, err := s.request(ctx, "append "+path+" "+strconv.Itoa(len(line)), line)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(a.result))
}

// Remove deletes files; those that do not exist are no error.
func (s *Session) Remove(ctx context.Context, paths ...string) error {
	if err := oneWord(paths...); err != nil {
		return err
	}
	_, err := s.request(ctx, "remove "+strings.Join(paths, " "), "")
	return err
}

// oneWord refuses what the protocol, made of words, cannot say.
func oneWord(words ...string) error {
	for _, w := range words {
		if w == "" || strings.ContainsAny(w, " \t\n\r\x00") {
			return fmt.Errorf("%q: a path on the proxy's volume must not be empty nor hold spaces", w)
		}
	}
	return nil
}
