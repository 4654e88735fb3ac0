package session

import _ "embed" // the agents are files, so that editors and linters see their language

// The programs that run inside the proxy's container.
var (
	//go:embed boot.sh
	bootScript string
	//go:embed agent.pl
	perlAgent string
	//go:embed agent.sh
	shellAgent string
)

// Place says where the tool's files are in the container.
type Place struct {
	// Candidates are directories of which the first that holds project.json
	// is it.
	Candidates []string
	// Default is it when no candidate has one; "" means that a session
	// without a recorded project is an error.
	Default string
}

// command is the exec's argument list: the boot script with both agents,
// then the places.
func command(place Place) []string {
	return append([]string{"sh", "-c", bootScript, "bluegreen", perlAgent, shellAgent, place.Default}, place.Candidates...)
}
