package compose

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"
)

// A locator tells where a path into the Compose file stands, "compose.yml:12",
// or the file alone when the line is not known.
type locator func(path ...string) string

// locate makes the locator of a project's files. It reads them again, as YAML
// nodes with lines, when it is first asked: only for a message.
func locate(p *types.Project) locator { return locateIn(p.ComposeFiles, p.WorkingDir) }

// Locator makes what tells where a path into the Compose file stands (services,
// web-blue, image): "compose.yml:12", or the file alone when the line is not
// known. It reads the files again when it is first asked.
func (p *Project) Locator() func(path ...string) string { return locate(p.Source) }

func locateIn(files []string, base string) locator {
	documents := sync.OnceValue(func() []document { return parseFiles(files, base) })
	return func(path ...string) string {
		best := hit{}
		for _, d := range documents() {
			if found := d.find(path); found.depth > best.depth {
				best = found
			}
		}
		if best.depth == 0 {
			return shorten(files[0])
		}
		return fmt.Sprintf("%s:%d", shorten(best.file), best.line)
	}
}

// A hit is how much of a path a document has, and where.
type hit struct {
	depth int
	file  string
	line  int
}

// find follows a path as far as the document has it.
func (d document) find(path []string) hit {
	found := hit{file: d.file}
	node := d.root
	for i, key := range path {
		if isService(path[:i]) {
			d, node = d.baseWith(node, key)
			found.file = d.file
		}
		name, value := lookup(node, key)
		if name == nil {
			return found
		}
		found.depth, found.line, node = i+1, name.Line, value
	}
	return found
}

func isService(path []string) bool { return len(path) == 2 && path[0] == "services" }

// lookup finds a key of a mapping, its own or merged in from an anchor.
func lookup(node *yaml.Node, key string) (name, value *yaml.Node) {
	node = resolveAlias(node)
	if node != nil && node.Kind == yaml.SequenceNode {
		return item(node, key)
	}
	if node == nil || node.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i], node.Content[i+1]
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value != "<<" {
			continue
		}
		for _, merged := range each(node.Content[i+1]) {
			if name, value = lookup(merged, key); name != nil {
				return name, value
			}
		}
	}
	return nil, nil
}

// item finds an item of a sequence by its number, from 1.
func item(node *yaml.Node, number string) (name, value *yaml.Node) {
	i, err := strconv.Atoi(number)
	if err != nil || i < 1 || i > len(node.Content) {
		return nil, nil
	}
	return node.Content[i-1], node.Content[i-1]
}

// each lists the items of a sequence, or a single node.
func each(node *yaml.Node) []*yaml.Node {
	node = resolveAlias(node)
	if node == nil {
		return nil
	}
	if node.Kind == yaml.SequenceNode {
		return node.Content
	}
	return []*yaml.Node{node}
}

func resolveAlias(node *yaml.Node) *yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

// shorten writes a path as it is seen from the current directory, where it
// lies below that.
func shorten(path string) string {
	if path == "-" {
		return "standard input"
	}
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	relative, err := filepath.Rel(here, path)
	if err != nil || strings.HasPrefix(relative, "..") {
		return path
	}
	return relative
}
