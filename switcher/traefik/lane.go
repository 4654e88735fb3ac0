package traefik

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// lane tells two instances in one network apart while one takes over from the
// other. Both listen on the ports of the model, which the kernel shares out
// between them; each has ports of its own beside those, by which the kernel
// can be told to send it everything (see redirect), and one for the tool.
type lane int

func (l lane) other() lane { return 1 - l }

// admin is the port of the tool's own entry point.
func (l lane) admin() int { return adminPort + int(l) }

// side is the lane's own port for the model's i-th port.
func (l lane) side(i int) int { return sidePorts + 2*i + int(l) }

// has tells that a port is one of the lane's own.
func (l lane) has(port int) bool { return port >= sidePorts && (port-sidePorts)%2 == int(l) }

// errSilent tells of a Traefik that does not listen for the tool.
var errSilent = errors.New("it does not listen on the tool's entry point")

// lane is that of this container's instance. Where two listen for the tool,
// that of the socket which this container's processes have open.
func (c *control) lane(ctx context.Context) (lane, error) {
	if c.known != nil {
		return *c.known, nil
	}
	listening, err := c.listening(ctx)
	if err != nil {
		return 0, err
	}
	if len(listening) == 0 {
		return 0, errSilent
	}
	if len(listening) > 1 || c.beside {
		own, err := c.Session.OwnSockets(ctx)
		if err != nil {
			return 0, err
		}
		for l, inode := range listening {
			if !own[inode] {
				delete(listening, l)
			}
		}
	}
	for l := range listening {
		c.known = &l
		return l, nil
	}
	return 0, errSilent
}

// listening tells the sockets that listen for the tool, by lane.
func (c *control) listening(ctx context.Context) (map[lane]string, error) {
	sockets, err := c.Session.Sockets(ctx)
	found := map[lane]string{}
	for _, s := range sockets {
		if l := lane(int(s.Local.Port()) - adminPort); s.Listening && (l == 0 || l == 1) {
			found[l] = s.Inode
		}
	}
	return found, err
}

// shares tells that there is another instance in the network, or was when this
// one began.
func (c *control) shares(ctx context.Context) (bool, error) {
	listening, err := c.listening(ctx)
	return c.beside || len(listening) > 1, err
}

// ways are the ports by which the tool's own requests reach what listens on
// the model's ports: those themselves, or the tool's entry point where one ends
// TLS or does not know the loopback interface. Beside another instance they are
// the lane's own.
func (c *control) ways(ctx context.Context, m compose.Model) (map[int]int, error) {
	l, err := c.lane(ctx)
	if err != nil {
		return nil, err
	}
	if c.beside {
		to, err := c.sides(ctx)
		if err != nil {
			return nil, err
		}
		for port := range m.Proxy.TLS {
			to[port] = l.admin()
		}
		return to, nil
	}
	config, err := c.own(ctx, m.Proxy)
	if err != nil {
		return nil, err
	}
	to := map[int]int{}
	for _, port := range ports(m) {
		to[port] = port
		if _, ends := m.Proxy.TLS[port]; ends || !direct(config, port) {
			to[port] = l.admin()
		}
	}
	return to, nil
}

// sides are this instance's own ports, by the port beside which they are. The
// settings on the volume may be for another instance, so it is asked itself.
func (c *control) sides(ctx context.Context) (map[int]int, error) {
	open, err := c.opened(ctx)
	if err != nil {
		return nil, err
	}
	own := map[int]int{}
	for name, point := range open.EntryPoints {
		if port, is := besides(name); is {
			own[port] = point.Port()
		}
	}
	if len(own) == 0 {
		return nil, errors.New("it has no ports of its own beside those of the holder")
	}
	return own, nil
}

// rivals counts the sockets that listen on a port.
func (c *control) rivals(ctx context.Context, port int) (int, error) {
	sockets, err := c.Session.Sockets(ctx)
	n := 0
	for _, s := range sockets {
		if s.Listening && int(s.Local.Port()) == port {
			n++
		}
	}
	return n, err
}

// leavers counts the clients' connections that are not this instance's.
func (c *control) leavers(ctx context.Context, m compose.Model) (int, error) {
	l, err := c.lane(ctx)
	if err != nil {
		return 0, err
	}
	sockets, err := c.Session.Sockets(ctx)
	if err != nil {
		return 0, err
	}
	own, err := c.Session.OwnSockets(ctx)
	if err != nil {
		return 0, fmt.Errorf("count what the former instance serves: %w", err)
	}
	n := 0
	for _, s := range sockets {
		port := int(s.Local.Port())
		if entrance := slices.Contains(ports(m), port) || l.other().has(port); entrance && s.Established && !own[s.Inode] {
			n++
		}
	}
	return n, nil
}
