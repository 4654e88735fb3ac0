package compose

import (
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"
)

// label gives every service the labels by which Compose knows its
// containers again. They are what its own loader sets (loader.go of the
// Compose SDK, postProcessProject), on services of any colour.
func label(p *types.Project, envFiles []string) {
	for name, s := range p.Services {
		s.CustomLabels = types.Labels{
			api.ProjectLabel:     p.Name,
			api.ServiceLabel:     name,
			api.VersionLabel:     api.ComposeVersion,
			api.WorkingDirLabel:  p.WorkingDir,
			api.ConfigFilesLabel: strings.Join(p.ComposeFiles, ","),
			api.OneoffLabel:      "False",
		}
		if len(envFiles) > 0 {
			s.CustomLabels[api.EnvironmentFileLabel] = strings.Join(envFiles, ",")
		}
		p.Services[name] = s
	}
}
