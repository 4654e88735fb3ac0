package display

import "github.com/bluegreen/docker-bluegreen/compose"

// quiet shows nothing.
type quiet struct{}

func (quiet) Report(compose.Event)        {}
func (quiet) Write(p []byte) (int, error) { return len(p), nil }
func (quiet) Close()                      {}
