package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// createNetwork makes the nodes' bridge, and returns its addresses. They have to be named, or no
// container may have a fixed one; the engine knows best which are free, so it is asked by a network
// that is made without. Another's network may take them in between.
func createNetwork(ctx context.Context, name, dir string) (netip.Prefix, error) {
	var failed error
	for range 5 {
		subnet, err := freeSubnet(ctx, name, dir)
		if err != nil {
			return netip.Prefix{}, err
		}
		if failed = network(ctx, name, dir, "--subnet", subnet.String()); failed == nil {
			return subnet, nil
		}
		if !strings.Contains(failed.Error(), "overlaps") {
			break
		}
	}
	return netip.Prefix{}, failed
}

func freeSubnet(ctx context.Context, name, dir string) (subnet netip.Prefix, err error) {
	if err := network(ctx, name, dir); err != nil {
		return netip.Prefix{}, err
	}
	defer func() {
		_, unremoved := docker(ctx, "network", "rm", name)
		err = errors.Join(err, unremoved)
	}()
	found, err := docker(ctx, "network", "inspect", "--format", "{{range .IPAM.Config}}{{println .Subnet}}{{end}}", name)
	if err != nil {
		return netip.Prefix{}, err
	}
	for text := range strings.FieldsSeq(found) {
		if subnet, err = netip.ParsePrefix(text); err == nil && subnet.Addr().Is4() {
			return subnet, nil
		}
	}
	return netip.Prefix{}, fmt.Errorf("read the addresses of network %s: %q", name, found)
}

func network(ctx context.Context, name, dir string, options ...string) error {
	args := append([]string{"network", "create", "--label", label, "--label", clusterLabel + "=" + dir}, options...)
	_, err := docker(ctx, append(args, name)...)
	return err
}
