package compose

import (
	"os"
	"path/filepath"
	"testing"
)

// A message leads to the line that has to be edited, wherever that stands.
func TestPlaces(t *testing.T) {
	const bad = "x-bluegreen: {prot: 80}\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		o     Options
		want  string
	}{
		{"a service", map[string]string{
			"compose.yml": "services:\n  web-blue:\n    image: web\n    profiles: [blue]\n    " + bad,
		}, Options{}, `compose.yml:5: service "web-blue"`},
		{"an anchor", map[string]string{
			"compose.yml": "x-web: &web\n  image: web\n  " + bad + "services:\n  web-blue: {<<: *web, profiles: [blue]}\n",
		}, Options{}, `compose.yml:3: service "web-blue"`},
		{"an anchor among several", map[string]string{
			"compose.yml": "x-a: &a {image: web}\nx-b: &b\n  " + bad + "services:\n  web-blue: {<<: [*a, *b], profiles: [blue]}\n",
		}, Options{}, `compose.yml:3: service "web-blue"`},
		{"an anchor of the settings", map[string]string{
			"compose.yml": "x-b: &b\n  prot: 80\nservices:\n  web-blue: {image: a, x-bluegreen: *b}\n",
		}, Options{}, `compose.yml:2: service "web-blue"`},
		{"the file that overrides", map[string]string{
			"compose.yml": "services:\n  web-blue: {image: web, " + bad[:len(bad)-1] + "}\n",
			"two.yml":     "services:\n\n  web-blue: {" + bad[:len(bad)-1] + "}\n",
		}, Options{Files: []string{"compose.yml", "two.yml"}}, `two.yml:3: service "web-blue"`},
		{"the file that does not override", map[string]string{
			"compose.yml": "services:\n  web-blue: {image: web, " + bad[:len(bad)-1] + "}\n",
			"two.yml":     "services:\n\n  web-blue: {image: two}\n",
		}, Options{Files: []string{"compose.yml", "two.yml"}}, `compose.yml:2: service "web-blue"`},
		{"an included file", map[string]string{
			"compose.yml":  "include: [sub/web.yml]\nservices: {a: {image: a}}\n",
			"sub/web.yml":  "include: [{path: [more.yml]}]\n",
			"sub/more.yml": "services:\n  web-blue:\n    image: web\n    " + bad,
		}, Options{}, `sub/more.yml:4: service "web-blue"`},
		{"extends in the file", map[string]string{
			"compose.yml": "services:\n  base:\n    image: web\n    " + bad + "  web-blue: {extends: base, profiles: [blue]}\n",
		}, Options{}, `compose.yml:4: service "base"`},
		{"extends of another file", map[string]string{
			"compose.yml": "services:\n  web-blue: {extends: {file: base.yml, service: web}, profiles: [blue]}\n",
			"base.yml":    "services:\n  web:\n    image: web\n    " + bad,
		}, Options{}, `base.yml:4: service "web-blue"`},
		{"the top level", map[string]string{
			"compose.yml": "services: {a: {image: a}}\nx-bluegreen:\n  prxy: lb\n",
		}, Options{}, "compose.yml:3: x-bluegreen.prxy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			enter(t, c.files)
			_, err := Load(t.Context(), c.o)
			contains(t, err, c.want)
		})
	}
}

// Twins that share an anchor share its mistakes: each is said once.
func TestSharedMistakeIsSaidOnce(t *testing.T) {
	_, err := loadText(t, "name: shop\nx-web: &web\n  image: web\n  x-bluegreen: {port: 80, path: api}\n"+
		"services:\n  lb: {image: haproxy, volumes: ['state:/state']}\n"+
		"  web-blue: {<<: *web, profiles: [blue]}\n  web-green: {<<: *web, profiles: [green]}\n"+end)
	equal(t, "errors", explain(err), `compose.yml:4: service "web-blue": x-bluegreen.path is "api"
  fix: write a path that begins with /: /api
`)
}

func TestShorten(t *testing.T) {
	directory := enter(t, map[string]string{"sub/x": ""})
	t.Chdir(filepath.Join(directory, "sub"))
	for path, want := range map[string]string{
		filepath.Join(directory, "sub", "compose.yml"): "compose.yml",
		filepath.Join(directory, "compose.yml"):        filepath.Join(directory, "compose.yml"),
		"-":                                            "standard input",
	} {
		equal(t, path, shorten(path), want)
	}
}

// A file that goes away between loading and the message costs the line alone.
func TestPlaceInAFileThatIsGone(t *testing.T) {
	enter(t, map[string]string{"compose.yml": smallest})
	at := locateIn([]string{"compose.yml"}, ".")
	if err := os.Remove("compose.yml"); err != nil {
		t.Fatal(err)
	}
	equal(t, "place", at("services", "lb"), "compose.yml")
}
