package compose

import (
	"errors"
	"path/filepath"
	"testing"
)

// A project's name is told twice, by Load and in short by ProjectName: they
// must agree on every way to give it.
func TestProjectNameIsLoads(t *testing.T) {
	unnamed := smallest[len("\nname: shop\n"):]
	for _, c := range []struct {
		name  string
		files map[string]string
		o     Options
		env   string // COMPOSE_PROJECT_NAME
		want  string
	}{
		{"-p", map[string]string{"compose.yml": smallest}, Options{Name: "given"}, "env", "given"},
		{"environment", map[string]string{"compose.yml": smallest}, Options{}, "env", "env"},
		{".env", map[string]string{"compose.yml": smallest, ".env": "COMPOSE_PROJECT_NAME=dotenv\n"}, Options{}, "", "dotenv"},
		{"--env-file", map[string]string{"compose.yml": smallest, "ci.env": "COMPOSE_PROJECT_NAME=ci\n"}, Options{EnvFiles: []string{"ci.env"}}, "", "ci"},
		{"file", map[string]string{"compose.yml": smallest}, Options{}, "", "shop"},
		{"last file", map[string]string{"compose.yml": smallest, "b.yml": "name: last"}, Options{Files: []string{"compose.yml", "b.yml"}}, "", "last"},
		{"last document", map[string]string{"compose.yml": smallest + "\n---\nname: second\n"}, Options{}, "", "second"},
		{"interpolated", map[string]string{"compose.yml": "name: ${A:-My}-${B:-Shop!}\n" + unnamed, ".env": "A=Your\n"}, Options{}, "", "your-shop"},
		{"directory", map[string]string{"My.Shop/compose.yml": unnamed}, Options{Files: []string{"My.Shop/compose.yml"}}, "", "myshop"},
		{"project directory", map[string]string{"compose.yml": unnamed, "Other/x": ""}, Options{Files: []string{"compose.yml"}, Directory: "Other"}, "", "other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			enter(t, c.files)
			if c.env != "" {
				t.Setenv("COMPOSE_PROJECT_NAME", c.env)
			}
			name, err := ProjectName(t.Context(), c.o)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "ProjectName", name, c.want)
			equal(t, "Load", mustLoad(t, c.o).Name, c.want)
		})
	}
}

func TestInvalidGivenName(t *testing.T) {
	enter(t, map[string]string{"compose.yml": smallest})
	_, err := ProjectName(t.Context(), Options{Name: "My Shop"})
	contains(t, err, `invalid project name "My Shop"`)
	_, err = Load(t.Context(), Options{Name: "My Shop"})
	contains(t, err, `invalid project name "My Shop"`)
}

// A release goes on when the file is broken: the caller gets a typed error,
// and the directory that the project's containers are labelled with.
func TestUnnamedProject(t *testing.T) {
	for _, c := range []struct {
		name, file string
		o          Options
		want       string
	}{
		{"not YAML", "services: [\n", Options{}, "find the project's name: compose.yml:2: not valid YAML"},
		{"not a mapping", "- services\n", Options{}, "find the project's name: compose.yml:1: not valid YAML"},
		{"no such file", smallest, Options{Files: []string{"no.yml"}}, "find the project's name: read no.yml: no such file"},
		{"standard input", smallest, Options{Files: []string{"-"}}, "find the project's name: standard input"},
		{"a missing variable", "name: ${NO:?}\n", Options{}, "find the project's name: name: required variable NO"},
		{"an empty variable", "name: ${NO:-}\n", Options{}, "find the project's name: name:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			directory := enter(t, map[string]string{"compose.yml": c.file})
			_, err := ProjectName(t.Context(), c.o)
			contains(t, err, c.want, "fix: name the project: -p NAME")
			var unnamed *UnnamedError
			if !errors.As(err, &unnamed) {
				t.Errorf("%T is no UnnamedError", err)
			}
			working, err := c.o.WorkingDir()
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "WorkingDir", working, directory)
		})
	}
}

func TestNoFileNoName(t *testing.T) {
	enter(t, nil)
	_, err := ProjectName(t.Context(), Options{})
	contains(t, err, "find the project's name: find the Compose file: there is none")
}

func TestWorkingDirIsTheLabel(t *testing.T) {
	directory := enter(t, map[string]string{"compose.yml": smallest, "sub/x": ""})
	t.Chdir(filepath.Join(directory, "sub"))
	working, err := Options{}.WorkingDir()
	if err != nil {
		t.Fatal(err)
	}
	label := mustLoad(t, Options{}).Source.Services["lb"].CustomLabels["com.docker.compose.project.working_dir"]
	equal(t, "WorkingDir", working, label)
}

func BenchmarkProjectName(b *testing.B) {
	for b.Loop() {
		if _, err := ProjectName(b.Context(), Options{Files: []string{"../compose.blue-green.yml"}}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(b.Context(), Options{Files: []string{"../compose.blue-green.yml"}}); err != nil {
			b.Fatal(err)
		}
	}
}
