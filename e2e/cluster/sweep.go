package cluster

import (
	"context"
	"errors"
	"strings"
)

const (
	// label is on all that this package makes on the machine's engine.
	label = "bluegreen.test=cluster"
	// clusterLabel names the folder of the cluster, which has its lease.
	clusterLabel = "bluegreen.test.cluster"
)

// sweep removes the clusters whose makers are gone.
func sweep(ctx context.Context) error {
	dirs := map[string]bool{}
	for _, list := range [][]string{{"ps", "--all"}, {"network", "ls"}} {
		found, err := docker(ctx, append(list, "--filter", "label="+label, "--format", `{{.Label "`+clusterLabel+`"}}`)...)
		if err != nil {
			return err
		}
		for dir := range strings.Lines(found) {
			dirs[strings.TrimSpace(dir)] = true
		}
	}
	var failed []error
	for dir := range dirs {
		if dir != "" && abandoned(dir) {
			failed = append(failed, removeAll(ctx, dir), removeDir(dir))
		}
	}
	return errors.Join(failed...)
}

// removeAll removes containers, their volumes and the network of the cluster in a folder.
func removeAll(ctx context.Context, dir string) error {
	filter := "label=" + clusterLabel + "=" + dir
	containers, err := docker(ctx, "ps", "--all", "--quiet", "--no-trunc", "--filter", filter)
	if err != nil {
		return err
	}
	if ids := strings.Fields(containers); len(ids) > 0 {
		if _, err := docker(ctx, append([]string{"rm", "--force", "--volumes"}, ids...)...); err != nil {
			return err
		}
	}
	networks, err := docker(ctx, "network", "ls", "--quiet", "--no-trunc", "--filter", filter)
	if err != nil {
		return err
	}
	if ids := strings.Fields(networks); len(ids) > 0 {
		_, err = docker(ctx, append([]string{"network", "rm"}, ids...)...)
	}
	return err
}
