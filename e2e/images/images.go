// Package images makes the images that the end-to-end tests and the demo run, on machines that
// can pull none: HAProxy and Traefik with the contract of their official images, and the hello
// service.
//
// Every image carries Label, and the hash of what it was made from: asking again for an image
// whose recipe is unchanged costs one question to the engine. The engine is the one that the
// docker command line talks to.
package images

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Label and its value mark every image of this package, so that clean-up finds them.
const (
	Label      = "bluegreen.test"
	labelValue = "image"
	hashLabel  = "bluegreen.test.recipe"
)

// recipe is how one image is made.
type recipe struct {
	ref  string
	args map[string]string // build arguments
	// files are hashed and laid into the build context, by their names there.
	files map[string][]byte
	// salt is hashed beside files and args: what else decides how the image turns out.
	salt string
	// prepare adds to the context what is too costly to make before the hash was compared.
	prepare func(ctx context.Context, dir string) error
}

// ensure returns the reference of an image that is as the recipe says.
func (r recipe) ensure(ctx context.Context) (string, error) {
	if r.exists(ctx) {
		return r.ref, nil
	}
	unlock, err := lock(ctx) // test binaries run side by side, one of them builds
	if err != nil {
		return "", fmt.Errorf("build image %s: %w", r.ref, err)
	}
	defer unlock()
	if r.exists(ctx) {
		return r.ref, nil
	}
	if err := r.build(ctx); err != nil {
		return "", fmt.Errorf("build image %s: %w", r.ref, err)
	}
	return r.ref, nil
}

func (r recipe) exists(ctx context.Context) bool {
	format := fmt.Sprintf("{{index .Config.Labels %q}}", hashLabel)
	found, err := docker(ctx, "image", "inspect", "--format", format, r.ref)
	return err == nil && strings.TrimSpace(found) == r.hash()
}

func (r recipe) build(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "bluegreen-image-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for name, content := range r.files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o700); err != nil {
			return err
		}
	}
	if err := r.prepare(ctx, dir); err != nil {
		return err
	}
	_, err = docker(ctx, r.buildCommand(dir)...)
	return err
}

func (r recipe) buildCommand(dir string) []string {
	command := []string{
		"build", "--quiet", "--tag", r.ref,
		"--label", Label + "=" + labelValue, "--label", hashLabel + "=" + r.hash(),
	}
	for _, name := range sorted(r.args) {
		command = append(command, "--build-arg", name+"="+r.args[name])
	}
	return append(command, dir)
}

// hash names everything that decides how the image turns out.
func (r recipe) hash() string {
	var all strings.Builder
	fmt.Fprintf(&all, "%q\n", r.salt)
	for _, name := range sorted(r.args) {
		fmt.Fprintf(&all, "%q=%q\n", name, r.args[name])
	}
	for _, name := range sorted(r.files) {
		fmt.Fprintf(&all, "%q %d\n%s\n", name, len(r.files[name]), r.files[name])
	}
	sum := sha256.Sum256([]byte(all.String()))
	return hex.EncodeToString(sum[:8])
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
