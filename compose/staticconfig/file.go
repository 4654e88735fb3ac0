package staticconfig

import (
	"fmt"
	"path"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v4"
)

// Format is how settings are written. Traefik takes a file by its ending.
type Format string

// The formats of settings. Arguments and Variables are no files.
const (
	YAML      Format = "YAML"
	TOML      Format = "TOML"
	Arguments Format = "flags"
	Variables Format = "environment"
)

// FormatOf is the format of a file.
func FormatOf(file string) Format {
	if strings.EqualFold(path.Ext(file), ".toml") {
		return TOML
	}
	return YAML
}

// Read reads the text of a static configuration file, which is TOML where the
// file's name says so.
func Read(file, text string) (Config, error) {
	if FormatOf(file) == YAML {
		return Parse(text)
	}
	var tree map[string]any
	if err := toml.Unmarshal([]byte(text), &tree); err != nil {
		return Config{}, err
	}
	return of(nodeOf(tree)), nil
}

// Parse reads a static configuration in YAML.
func Parse(text string) (Config, error) {
	var tree any
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		return Config{}, err
	}
	if _, isMap := tree.(map[string]any); tree != nil && !isMap {
		return Config{}, fmt.Errorf("it is no mapping")
	}
	return of(nodeOf(tree)), nil
}
