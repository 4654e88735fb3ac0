package compose

import "testing"

// What plain Compose refuses keeps Compose's words, and gets file and line.
func TestComposesOwnRefusals(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"an open list", "services:\n  web: {image: a}\n  bad: [\n", "compose.yml:4: not valid YAML: did not find expected node content"},
		{"a wrong indent", "services:\n  web:\n    image: a\n   bad: 1\n", "compose.yml:4: not valid YAML: did not find expected key"},
		{"a key twice", "services:\n  web: {image: a}\n  web: {image: a}\n", `compose.yml:3: not valid YAML: mapping key "web" already defined at line 2`},
		{"an unknown anchor", "services:\n  web: {<<: *web}\n", "compose.yml:2: not valid YAML: unknown anchor 'web' referenced"},
		{"a list", "- a\n", "compose.yml:1: not valid YAML"},
		{"nothing", "", "compose.yml: empty compose file"},
		{"an unknown attribute", "services:\n  web:\n    imagee: a\n", "compose.yml:3: services.web.imagee is not an attribute that Compose knows"},
		{"an undefined dependency", "services:\n  a: {image: a}\n  web: {image: a, depends_on: [b]}\n", `compose.yml:3: service "web": depends on undefined service "b"`},
		{"a missing variable", "services:\n  web:\n    image: ${NO:?is needed}\n", "compose.yml:3: error while interpolating services.web.image: required variable NO is missing a value: is needed"},
		{"a second missing variable", "services:\n  web: {image: '${NO:?}'}\n  api: {image: '${NO:?}'}\n", "compose.yml:2: error while interpolating services.web.image"},
		{"a name with a blank", "services:\n  we b: {image: a}\n", "compose.yml: services additional properties 'we b' not allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loadText(t, c.file)
			contains(t, err, c.want, "docker compose config")
		})
	}
}

// The broken file among several is named.
func TestRefusalNamesTheFile(t *testing.T) {
	enter(t, map[string]string{"compose.yml": smallest, "two.yml": "services: [\n"})
	_, err := Load(t.Context(), Options{Files: []string{"compose.yml", "two.yml"}})
	contains(t, err, "two.yml:2: not valid YAML")
}
