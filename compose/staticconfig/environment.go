package staticconfig

import "strings"

// environmentPrefix begins the names of Traefik's variables.
const environmentPrefix = "traefik."

// Environment are a container's variables, by name. Traefik takes them where
// it has neither a file nor arguments: TRAEFIK_ENTRYPOINTS_WEB_ADDRESS is
// entryPoints.web.address. What it calls itself can have no underscore there.
type Environment map[string]string

// Config is the configuration that the variables make.
func (e Environment) Config() Config { return of(e.tree()) }

// Any tells that a variable says something of the static configuration.
func (e Environment) Any() bool { return e.tree().set }

func (e Environment) tree() node {
	var root node
	for name, value := range e {
		if key, is := strings.CutPrefix(dotted(name), environmentPrefix); is && key != "" {
			root.put(strings.Split(key, "."), value)
		}
	}
	return root
}

// dotted is a variable's name as Traefik reads it.
func dotted(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", ".") }
