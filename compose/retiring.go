package compose

import "strings"

// retiring ends the name of a proxy's container that has been told to end
// once it serves nothing any more. A name is the one thing that an engine
// changes on a running container in one step, and shows in its list; Compose
// goes by labels.
const retiring = "-retiring"

// Retiring tells that the container is on its way out, for another one has
// taken its place.
func (c Container) Retiring() bool { return strings.HasSuffix(c.Name, retiring) }

// RetiringName is the container's name from then on.
func (c Container) RetiringName() string { return strings.TrimSuffix(c.Name, retiring) + retiring }
