//go:build !unix

package cluster

import (
	"errors"
	"os"
)

// tryLock fails: nodes run on Linux, elsewhere the package only has to compile.
func tryLock(*os.File, bool) error { return errors.ErrUnsupported }
