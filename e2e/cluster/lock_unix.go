//go:build unix

package cluster

import (
	"os"
	"syscall"
)

// tryLock locks a file without waiting, until it is closed.
func tryLock(file *os.File, exclusive bool) error {
	how := syscall.LOCK_SH
	if exclusive {
		how = syscall.LOCK_EX
	}
	return syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
}
