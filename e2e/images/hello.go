package images

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Hello returns the reference of an image of examples/hello that answers with version: hello:v1
// for v1. It runs in a checkout of this module, with the go command at hand.
func Hello(ctx context.Context, version string) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", fmt.Errorf("find the source of hello: %w", err)
	}
	files, err := sources(filepath.Join(root, "examples", "hello"))
	if err != nil {
		return "", fmt.Errorf("read the source of hello: %w", err)
	}
	made := recipe{
		ref:   "hello:" + version,
		args:  map[string]string{"VERSION": version},
		files: files,
		salt:  runtime.Version() + " " + runtime.GOARCH,
		prepare: func(ctx context.Context, dir string) error {
			return compile(ctx, root, "./examples/hello", filepath.Join(dir, "hello"))
		},
	}
	return made.ensure(ctx)
}

// compile makes a static program of a package of this module.
func compile(ctx context.Context, root, of, binary string) error {
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags=-s -w", "-o", binary, of)
	command.Dir = root
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	_, err := output(command)
	return err
}

// moduleRoot walks up to go.mod: tests run in their package's folder.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("no go.mod in this folder or above")
		}
		dir = filepath.Dir(dir)
	}
}

// goFiles reads a folder's source, tests left out, as one text.
func goFiles(dir string) (string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		all.Write(text)
	}
	return all.String(), nil
}

// sources reads the files that decide how hello's image turns out.
func sources(dir string) (map[string][]byte, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range append(names, filepath.Join(dir, "Dockerfile"), filepath.Join(dir, ".dockerignore")) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if files[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return files, nil
}
