package traefik

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// While two instances share a network, the kernel sends new connections to the
// ports of one of them alone. That is a rule of network address translation in
// the network of the holder (nft(8), "redirect"; it takes Linux 5.2). A
// connection keeps the way that it began on, so changing the rule cuts nobody
// off. The chain stays, empty: without any the kernel would forget those ways.

// redirectTable and redirectChain are the rule's place.
const (
	redirectTable = "inet bluegreen"
	redirectChain = redirectTable + " entrance"
)

// redirection is the nft script that sends the new connections of ports to
// others; to none, it ends all redirection. It is one transaction.
func redirection(to map[int]int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "add table %s\n", redirectTable)
	fmt.Fprintf(&b, "add chain %s { type nat hook prerouting priority -100; policy accept; }\n", redirectChain)
	fmt.Fprintf(&b, "flush chain %s\n", redirectChain)
	for _, port := range slices.Sorted(maps.Keys(to)) {
		// The first packet alone: a connection from before the kernel followed
		// connections here must not look like a new one.
		fmt.Fprintf(&b, "add rule %s tcp dport %d tcp flags & (fin | syn | rst | ack) == syn redirect to :%d\n", redirectChain, port, to[port])
	}
	return b.String()
}

// redirectDone ends what the script says when it has succeeded.
const redirectDone = "redirected"

// redirectHere sends all new connections to this instance's own ports.
func (c *control) redirectHere(ctx context.Context) error {
	own, err := c.sides(ctx)
	if err != nil {
		return err
	}
	return c.redirect(ctx, own)
}

// redirect sends the new connections of ports to others. A file tells, from
// before the first time to after the last, that there is a redirection.
func (c *control) redirect(ctx context.Context, to map[int]int) error {
	path := c.Session.Path(redirectFile)
	before, err := c.Session.Read(ctx, path)
	if err == nil {
		err = c.Session.Write(ctx, path, "to an instance's own ports")
	}
	if err != nil {
		return err
	}
	err = c.setRedirection(ctx, to)
	if refused := new(scriptError); errors.As(err, &refused) && before[path] == "" {
		err = errors.Join(err, c.Session.Remove(ctx, path))
	}
	return err
}

// scriptError tells that nft did not do what it was told, nor anything else.
type scriptError struct{ said string }

func (e *scriptError) Error() string { return e.said }

// undirect ends the redirection, where there is one.
func (c *control) undirect(ctx context.Context) error {
	path := c.Session.Path(redirectFile)
	found, err := c.Session.Read(ctx, path)
	if err != nil || found[path] == "" {
		return err
	}
	if err := c.setRedirection(ctx, nil); err != nil {
		return err
	}
	return c.Session.Remove(ctx, path)
}

// setRedirection runs the script in the network of the holder, in a container
// that may change that network and nothing else, and reads the rules back. The
// script waits for a word of this process: that of one that was killed must
// not come after what the next command does.
func (c *control) setRedirection(ctx context.Context, to map[int]int) error {
	said, err := c.inNetwork(ctx, "sh", "-c",
		`read -r go && nft "$1" && nft list chain `+redirectChain+` && echo `+redirectDone, "sh", redirection(to))
	if err != nil {
		return &switcher.ProxyError{
			Proxy: c.Errors.Proxy, Doing: "redirect the holder's ports", Err: err,
			Next: "run the holder from an image with nft (the package nftables), on Linux 5.2 or later",
		}
	}
	return confirm(said, to)
}

func (c *control) inNetwork(ctx context.Context, command ...string) (said string, err error) {
	stream, err := c.dialer.SpawnInNetwork(ctx, c.network, command)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, stream.Close()) }()
	stop := context.AfterFunc(ctx, func() { _ = stream.Close() }) // its error is reported above
	defer stop()
	if _, err := io.WriteString(stream, "go\n"); err != nil {
		return "", err
	}
	text, err := io.ReadAll(stream.Stdout())
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", err
	case !strings.HasSuffix(strings.TrimSpace(string(text)), redirectDone):
		return "", &scriptError{strings.TrimSpace(string(text) + stream.Stderr())}
	}
	return string(text), nil
}

// confirm tells that the rules are those asked for.
func confirm(said string, to map[int]int) error {
	rules := 0
	for line := range strings.Lines(said) {
		if strings.Contains(line, "redirect to :") {
			rules++
		}
	}
	for port, target := range to {
		if !strings.Contains(said, fmt.Sprintf("tcp dport %d ", port)) || !strings.Contains(said, fmt.Sprintf("redirect to :%d\n", target)) {
			return fmt.Errorf("the kernel does not redirect port %d to %d:\n%s", port, target, said)
		}
	}
	if rules != len(to) {
		return fmt.Errorf("the kernel has %d redirections, not %d:\n%s", rules, len(to), said)
	}
	return nil
}
