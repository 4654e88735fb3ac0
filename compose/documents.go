package compose

import (
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v4"
)

// A document is one file of a project as YAML nodes.
type document struct {
	file string
	root *yaml.Node
	// base is the project directory, from which other files' paths count.
	base string
}

// parseFiles parses a project's files and what they include, those first that
// override others. What cannot be read is left out: Compose has reported it.
func parseFiles(files []string, base string) []document {
	var documents, included []document
	for _, file := range slices.Backward(files) {
		if d, ok := parseFile(file, base); ok {
			documents = append(documents, d)
			included = append(included, d.includes(files)...)
		}
	}
	return append(documents, included...)
}

func parseFile(file, base string) (document, bool) {
	content, err := os.ReadFile(file)
	if err != nil {
		return document{}, false
	}
	var node yaml.Node
	if err := yaml.Unmarshal(content, &node); err != nil || len(node.Content) == 0 {
		return document{}, false
	}
	return document{file: file, root: node.Content[0], base: base}, true
}

// includes parses the files that a document includes, and theirs. Compose
// has refused cycles; seen guards against one all the same.
func (d document) includes(seen []string) []document {
	_, list := lookup(d.root, "include")
	var found []document
	for _, item := range each(list) {
		paths := []*yaml.Node{item}
		if _, long := lookup(item, "path"); long != nil {
			paths = each(long)
		}
		for _, path := range paths {
			file := d.resolve(path.Value)
			if slices.Contains(seen, file) {
				continue
			}
			if included, ok := parseFile(file, filepath.Dir(file)); ok {
				found = append(found, included)
				found = append(found, included.includes(append(slices.Clip(seen), file))...)
			}
		}
	}
	return found
}

// maxExtends is how many services may extend each other in a row.
const maxExtends = 16

// baseWith follows a service's extends to the service, here or in another
// file, that has a key; without one it stays where it is.
func (d document) baseWith(service *yaml.Node, key string) (document, *yaml.Node) {
	at, node := d, service
	for range maxExtends {
		if name, _ := lookup(node, key); name != nil {
			return at, node
		}
		_, extends := lookup(node, "extends")
		if extends == nil {
			break
		}
		base := extends
		if _, long := lookup(extends, "service"); long != nil {
			base = long
		}
		if _, file := lookup(extends, "file"); file != nil {
			other, ok := parseFile(at.resolve(file.Value), at.base)
			if !ok {
				break
			}
			at = other
		}
		_, services := lookup(at.root, "services")
		if _, node = lookup(services, base.Value); node == nil {
			break
		}
	}
	return d, service
}

// resolve makes a path absolute that a document names.
func (d document) resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	beside := filepath.Join(filepath.Dir(d.file), path)
	if _, err := os.Stat(beside); err == nil {
		return beside
	}
	return filepath.Join(d.base, path)
}
