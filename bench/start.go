package main

import (
	"context"
	"os"
	"path/filepath"
)

// starts is how often each program is started.
const starts = 20

// measureStart compares how long the plugins take to say their version.
func measureStart(ctx context.Context) error {
	plugins := filepath.Join(os.Getenv(configVariable), "cli-plugins")
	p := &project{dir: os.TempDir(), env: os.Environ()}
	var ours, composes sample
	for range starts {
		took, err := p.time(ctx, filepath.Join(plugins, "docker-bluegreen"), "--version")
		if err != nil {
			return err
		}
		ours = append(ours, took)
		if took, err = p.time(ctx, filepath.Join(plugins, "docker-compose"), "version"); err != nil {
			return err
		}
		composes = append(composes, took)
	}
	table("Start of the program, ms (min / median / max)",
		[]string{"", "time", "times Compose's"},
		[]string{"docker-bluegreen --version", ours.String(), ratio(ours, composes)},
		[]string{"docker-compose version", composes.String(), ""},
	)
	return nil
}
