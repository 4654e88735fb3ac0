// Command docker-bluegreen is the plugin behind `docker bluegreen`: releases
// of Compose projects that lose no request. It also works on its own.
package main

import (
	"os"
	"runtime/debug"

	"github.com/docker/cli/cli-plugins/metadata"
	"github.com/docker/cli/cli-plugins/plugin"
	dockercommand "github.com/docker/cli/cli/command"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/command"
	"github.com/bluegreen/docker-bluegreen/cli-plugin/version"
)

func main() {
	// A command lives for a tenth of a second and needs little memory: collecting
	// garbage as eagerly as a server does would cost it a twentieth of that.
	debug.SetGCPercent(400)
	os.Args = command.Arguments(os.Args)
	plugin.Run(command.New, metadata.Metadata{
		SchemaVersion:    "0.1.0",
		Vendor:           "bluegreen",
		Version:          version.Version(),
		ShortDescription: command.Short,
		URL:              "https://github.com/bluegreen/docker-bluegreen",
	}, dockercommand.WithUserAgent("docker-bluegreen/"+version.Version()))
}
