package images

import (
	"context"
	"embed"
	"fmt"
	"maps"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
)

// Flavour names the tools that lie beside a proxy in its image.
type Flavour string

// The flavours. Debian and Busybox are those of official images, Debian-based and Alpine-based;
// BashOnly is Debian without perl, and Holder is Busybox with nft.
const (
	Debian   Flavour = "debian"
	BashOnly Flavour = "bash"
	Busybox  Flavour = "busybox"
	Holder   Flavour = "holder"
)

// Option changes where a proxy's image comes from.
type Option func(*options)

type options struct{ pull bool }

// PreferOfficial takes the official image where the engine has it or a registry gives it, and
// builds one only where neither is so. The demo wants what its reader will run; tests want the
// same image everywhere and leave it out.
func PreferOfficial() Option { return func(o *options) { o.pull = true } }

// rootfs makes the file system of every proxy's image.
//
//go:embed rootfs
var rootfs embed.FS

// flavoured is a proxy whose image there is with the tools of each flavour.
type flavoured struct {
	name string
	// official names the images that flavours stand for; some stand for none.
	official map[Flavour]string
	// files holds the folder of the proxy's name: its Dockerfile, and contract.sh for rootfs.
	files embed.FS
	// salt and prepare are those of the recipe, beside the flavour's. Neither has to be there.
	salt    string
	prepare func(ctx context.Context, dir string) error
}

// ensure returns the reference of the proxy's image that is on the engine.
func (f flavoured) ensure(ctx context.Context, flavour Flavour, opts []Option) (string, error) {
	var chosen options
	for _, opt := range opts {
		opt(&chosen)
	}
	if ref, ok := f.official[flavour]; ok && chosen.pull && obtain(ctx, ref) {
		return ref, nil
	}
	made, err := f.recipe(flavour)
	if err != nil {
		return "", fmt.Errorf("read the recipe of %s: %w", f.name, err)
	}
	return made.ensure(ctx)
}

func (f flavoured) recipe(flavour Flavour) (recipe, error) {
	files, err := embedded(rootfs, "rootfs")
	if err != nil {
		return recipe{}, err
	}
	own, err := embedded(f.files, f.name)
	if err != nil {
		return recipe{}, err
	}
	maps.Copy(files, own)
	return recipe{
		ref:   "bluegreen-test/" + f.name + ":" + string(flavour),
		files: files,
		salt:  string(flavour) + " " + runtime.GOARCH + " " + f.salt,
		prepare: func(ctx context.Context, dir string) error {
			if f.prepare != nil {
				if err := f.prepare(ctx, dir); err != nil {
					return err
				}
			}
			_, err := output(exec.CommandContext(ctx, "sh", filepath.Join(dir, "build.sh"), string(flavour), dir))
			return err
		},
	}, nil
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
