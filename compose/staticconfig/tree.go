package staticconfig

import (
	"fmt"
	"strings"
)

// node is a key of the configuration with what stands below it. Traefik takes
// its own keys in any case.
type node struct {
	value    string
	set      bool
	children map[string]node
}

// at is the node at a path of keys; the zero node when there is none.
func (n node) at(path ...string) node {
	for _, key := range path {
		next := node{}
		for name, child := range n.children {
			if strings.EqualFold(name, key) {
				next = child
			}
		}
		n = next
	}
	return n
}

func (n node) text() string { return n.value }

// on tells of a section that is there and not switched off.
func (n node) on() bool { return n.set && !strings.EqualFold(n.value, "false") }

// put sets a value at a path of keys.
func (n *node) put(path []string, value string) {
	n.set = true
	if len(path) == 0 {
		n.value = value
		return
	}
	if n.children == nil {
		n.children = map[string]node{}
	}
	child := n.children[path[0]]
	child.put(path[1:], value)
	n.children[path[0]] = child
}

func nodeOf(tree any) node {
	n := node{set: true}
	switch tree := tree.(type) {
	case map[string]any:
		n.children = map[string]node{}
		for key, below := range tree {
			n.children[key] = nodeOf(below)
		}
	case nil:
	default:
		n.value = fmt.Sprint(tree)
	}
	return n
}
