package compose

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"
)

// UnnamedError tells that the project's name could not be read from its
// files. The project's containers still carry it: they are those with the
// label com.docker.compose.project.working_dir of Options.WorkingDir.
type UnnamedError struct {
	Err error
}

func (e *UnnamedError) Error() string {
	return fmt.Sprintf("find the project's name: %v", e.Err)
}

func (e *UnnamedError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *UnnamedError) Hint() string { return "name the project: -p NAME" }

// ProjectName is the name that Load would give the project, in a few
// milliseconds: of the files it reads the name alone, without include,
// extends or any check. It returns *UnnamedError when the files do not tell.
func ProjectName(_ context.Context, o Options) (string, error) {
	for _, given := range []string{o.Name, os.Getenv(consts.ComposeProjectName)} {
		if given != "" {
			return validName(given)
		}
	}
	found, err := o.resolve()
	if err != nil {
		return "", &UnnamedError{Err: err}
	}
	if given := found.Environment[consts.ComposeProjectName]; given != "" {
		return validName(given)
	}
	name, err := nameInFiles(found.ConfigPaths, found.Environment)
	if err != nil {
		return "", &UnnamedError{Err: err}
	}
	if name != "" {
		return name, nil
	}
	directory, err := found.GetWorkingDir()
	if err != nil {
		return "", &UnnamedError{Err: err}
	}
	name = loader.NormalizeProjectName(filepath.Base(directory))
	if name == "" {
		return "", &UnnamedError{Err: fmt.Errorf("the directory %s has no letter or digit to make one of", directory)}
	}
	return name, nil
}

// validName refuses a given name that Compose would have to change.
func validName(name string) (string, error) {
	if name != loader.NormalizeProjectName(name) {
		return "", loader.InvalidProjectNameErr(name)
	}
	return name, nil
}

// nameInFiles is the last file's `name`, or "" when none has one.
func nameInFiles(files []string, environment types.Mapping) (string, error) {
	if len(files) == 0 {
		return "", &FileError{Err: errNoFile, next: findHint}
	}
	if slices.Contains(files, "-") {
		return "", errors.New("standard input can be read only once")
	}
	name, err := lastIn(files, func(n named) string { return n.Name })
	if err != nil {
		return "", err
	}
	if name == "" {
		return "", nil
	}
	substituted, err := template.Substitute(name, environment.Resolve)
	if err != nil {
		return "", fmt.Errorf("name: %w", err)
	}
	if normal := loader.NormalizeProjectName(substituted); normal != "" {
		return normal, nil
	}
	return "", fmt.Errorf("name: %q has no letter or digit", name)
}

// lastIn is the value that the last of the files has which has one; "" when none
// has.
func lastIn(files []string, value func(named) string) (string, error) {
	var found string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", readError(err)
		}
		last, err := lastOf(content, value)
		if err != nil {
			return "", refused([]string{file}, err.Error())
		}
		if last != "" {
			found = last
		}
	}
	return found, nil
}

// named is all of a Compose file that a name or the engine needs.
type named struct {
	Name      string    `yaml:"name"`
	Bluegreen yaml.Node `yaml:"x-bluegreen"`
}

// engine is x-bluegreen.engine, if that can be read: its mistakes are Load's to
// tell.
func (n named) engine() string {
	var said struct {
		Engine string `yaml:"engine"`
	}
	if n.Bluegreen.Decode(&said) != nil {
		return ""
	}
	return said.Engine
}

// lastOf is the value of the last of a file's documents that has one.
func lastOf(content []byte, value func(named) string) (string, error) {
	var found string
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var document named
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return "", err
		}
		if last := value(document); last != "" {
			found = last
		}
	}
}
