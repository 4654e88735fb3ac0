//go:build unix

package load

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// stillOpen asks the kernel, without waiting, whether an idle connection has been closed by the
// other side.
func stillOpen(conn net.Conn) (open bool, err error) {
	raw, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		return false, fmt.Errorf("look at an idle connection: %w", err)
	}
	var n int
	var peek error
	err = raw.Read(func(fd uintptr) bool {
		n, _, peek = syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return true
	})
	switch {
	case err != nil:
		return false, fmt.Errorf("look at an idle connection: %w", err)
	case errors.Is(peek, syscall.EAGAIN):
		return true, nil
	case peek != nil, n == 0: // a reset, or an orderly close
		return false, nil
	}
	return false, errUnasked
}
