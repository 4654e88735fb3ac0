package images

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

//go:embed traefik
var traefikFiles embed.FS

// Traefik returns the reference of a Traefik image that is on the engine. It runs in a checkout of
// this module, with the go command at hand. Where the binary was never built, that takes minutes.
func Traefik(ctx context.Context, flavour Flavour, opts ...Option) (string, error) {
	binary, err := findTraefik()
	if err != nil {
		return "", fmt.Errorf("find the source of traefik: %w", err)
	}
	image := flavoured{
		name:     "traefik",
		official: map[Flavour]string{Busybox: "traefik:v3.7"}, // it is based on Alpine, and there is no other
		files:    traefikFiles,
		salt:     binary.hash,
		prepare: func(ctx context.Context, dir string) error {
			return binary.provide(ctx, filepath.Join(dir, "traefik"))
		},
	}
	return image.ensure(ctx, flavour, opts)
}

// traefikBinary is Traefik, which tools/traefik builds. It does not depend on the flavour, so it
// is kept for the next one.
type traefikBinary struct {
	source string // folder
	// hash names what the binary is built from. The version of Go is not part of it: it decides
	// nothing that a test looks at, and a new one is not worth minutes.
	hash string
	kept string // folder with the binary, if it was built
}

func findTraefik() (traefikBinary, error) {
	root, err := moduleRoot()
	if err != nil {
		return traefikBinary{}, err
	}
	source := filepath.Join(root, "tools", "traefik")
	made := recipe{salt: runtime.GOARCH, files: map[string][]byte{}}
	err = filepath.WalkDir(source, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		made.files[filepath.ToSlash(name[len(source):])], err = os.ReadFile(name)
		return err
	})
	kept := filepath.Join(root, ".cache", "traefik")
	return traefikBinary{source: source, hash: made.hash(), kept: kept}, err
}

// provide lays the binary down as target. The caller holds the lock.
func (b traefikBinary) provide(ctx context.Context, target string) error {
	kept := filepath.Join(b.kept, b.hash)
	if _, err := os.Stat(kept); errors.Is(err, os.ErrNotExist) {
		if err := b.build(ctx, kept); err != nil {
			return fmt.Errorf("build traefik: %w", err)
		}
	}
	return copyProgram(kept, target)
}

// build leaves nothing but the binary: what was built from other sources is of no use any more.
func (b traefikBinary) build(ctx context.Context, binary string) (err error) {
	if err := os.RemoveAll(b.kept); err != nil {
		return err
	}
	work := filepath.Join(b.kept, "work")
	if err := os.MkdirAll(work, 0o700); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if _, err := output(exec.CommandContext(ctx, "sh", filepath.Join(b.source, "build.sh"), work)); err != nil {
		return err
	}
	return os.Rename(filepath.Join(work, "traefik"), binary)
}

func copyProgram(source, target string) (err error) {
	from, err := os.Open(source)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY, 0o700)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	return to.Chmod(0o755) // whatever the umask: an image may be run as any user
}
