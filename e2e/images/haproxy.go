package images

import (
	"context"
	"embed"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
)

// Flavour names the tools that lie beside HAProxy in its image.
type Flavour string

// The flavours. Debian and Busybox are those of the official images, Debian-based and
// Alpine-based; BashOnly is Debian without perl.
const (
	Debian   Flavour = "debian"
	BashOnly Flavour = "bash"
	Busybox  Flavour = "busybox"
)

// official names the image that each flavour stands for; BashOnly stands for none.
var official = map[Flavour]string{Debian: "haproxy:3.2", Busybox: "haproxy:3.2-alpine"}

//go:embed haproxy
var haproxyFiles embed.FS

// Option changes where HAProxy's image comes from.
type Option func(*options)

type options struct{ pull bool }

// PreferOfficial takes the official image where the engine has it or a registry gives it, and
// builds one only where neither is so. The demo wants what its reader will run; tests want the
// same image everywhere and leave it out.
func PreferOfficial() Option { return func(o *options) { o.pull = true } }

// HAProxy returns the reference of an HAProxy image that is on the engine.
func HAProxy(ctx context.Context, flavour Flavour, opts ...Option) (string, error) {
	var chosen options
	for _, opt := range opts {
		opt(&chosen)
	}
	if ref, ok := official[flavour]; ok && chosen.pull && obtain(ctx, ref) {
		return ref, nil
	}
	files, err := embedded(haproxyFiles, "haproxy")
	if err != nil {
		return "", fmt.Errorf("read the recipe of HAProxy: %w", err)
	}
	made := recipe{
		ref:   "bluegreen-test/haproxy:" + string(flavour),
		files: files,
		salt:  string(flavour) + " " + runtime.GOARCH,
		prepare: func(ctx context.Context, dir string) error {
			_, err := output(exec.CommandContext(ctx, "sh", filepath.Join(dir, "build.sh"), string(flavour), dir))
			return err
		},
	}
	return made.ensure(ctx)
}

// embedded reads all files of one embedded folder.
func embedded(files embed.FS, folder string) (map[string][]byte, error) {
	entries, err := files.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	read := make(map[string][]byte, len(entries))
	for _, entry := range entries {
		if read[entry.Name()], err = files.ReadFile(path.Join(folder, entry.Name())); err != nil {
			return nil, err
		}
	}
	return read, nil
}
