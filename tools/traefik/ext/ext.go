// Package ext takes the place of a package that Traefik keeps in a nested module, where others may
// add to its configuration. Traefik adds nothing there, and neither does this.
package ext

// HTTP is what is added to the HTTP section.
type HTTP struct{}

// Router is what is added to each router.
type Router struct{}
