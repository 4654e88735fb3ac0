// Package version tells which build of the plugin runs.
package version

import "runtime/debug"

// The linker fills these in:
//
//	go build -ldflags "-X github.com/bluegreen/docker-bluegreen/cli-plugin/version.version=v1.2.3
//	                   -X github.com/bluegreen/docker-bluegreen/cli-plugin/version.commit=0123abc"
var (
	version = ""
	commit  = ""
)

// Development is the version of a build that the linker did not name.
const Development = "dev"

// Version is the release's version; Development when it was built by hand.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version // `go install module@version`
	}
	return Development
}

// Commit is the revision that was built; "" when nobody recorded it.
func Commit() string {
	if commit != "" {
		return commit
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
