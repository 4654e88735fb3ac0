package compose

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func projectNamed(name string) string {
	return strings.Replace(smallest, "name: shop", "name: "+name, 1)
}

func TestWhichFileIsLoaded(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string // those that exist; each one's name is its project's
		from  string   // the current directory
		o     Options
		env   string // COMPOSE_FILE
		want  string
	}{
		{"the blue/green file comes before Compose's", []string{"compose.yaml", "compose.blue-green.yml"}, ".", Options{}, "", "compose-blue-green-yml"},
		{"its other ending", []string{"compose.yaml", "compose.blue-green.yaml"}, ".", Options{}, "", "compose-blue-green-yaml"},
		{"Compose's names", []string{"compose.yml"}, ".", Options{}, "", "compose-yml"},
		{"Compose's older names", []string{"docker-compose.yml"}, ".", Options{}, "", "docker-compose-yml"},
		{"upward", []string{"compose.blue-green.yml", "src/deep/x"}, "src/deep", Options{}, "", "compose-blue-green-yml"},
		{"the nearest directory wins", []string{"compose.blue-green.yml", "sub/compose.yml"}, "sub", Options{}, "", "sub-compose-yml"},
		{"COMPOSE_FILE comes before both", []string{"compose.blue-green.yml", "other.yml"}, ".", Options{}, "other.yml", "other-yml"},
		{"-f comes before COMPOSE_FILE", []string{"compose.yml", "other.yml", "mine.yml"}, ".", Options{Files: []string{"mine.yml"}}, "other.yml", "mine-yml"},
		{"the project directory is searched", []string{"compose.yml", "sub/compose.yml"}, ".", Options{Directory: "sub"}, "", "sub-compose-yml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{}
			for _, f := range c.files {
				files[f] = projectNamed(strings.NewReplacer("/", "-", ".", "-").Replace(f))
			}
			directory := enter(t, files)
			t.Chdir(filepath.Join(directory, c.from))
			if c.env != "" {
				t.Setenv("COMPOSE_FILE", c.env)
			}
			equal(t, "project", mustLoad(t, c.o).Name, c.want)
			name, err := ProjectName(t.Context(), c.o)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "ProjectName", name, c.want)
		})
	}
}

func TestSeveralFilesAreMerged(t *testing.T) {
	enter(t, map[string]string{
		"compose.yml": smallest,
		"more.yml":    "services: {web-blue: {deploy: {replicas: 3}, x-bluegreen: {health: /up}}, web-green: {x-bluegreen: {health: /up}}}\n",
	})
	check := func(t *testing.T, o Options) {
		p := mustLoad(t, o)
		equal(t, "replicas", p.Pairs[0].Replicas[Blue], 3)
		equal(t, "route", p.Pairs[0].Routes[Green], Route{Port: 8080, Health: "/up", Mode: HTTP, Listen: 80})
	}
	t.Run("-f", func(t *testing.T) { check(t, Options{Files: []string{"compose.yml", "more.yml"}}) })
	t.Run("COMPOSE_FILE", func(t *testing.T) {
		t.Setenv("COMPOSE_FILE", "compose.yml"+string(os.PathListSeparator)+"more.yml")
		check(t, Options{})
	})
	t.Run("override", func(t *testing.T) {
		if err := os.Rename("more.yml", "compose.override.yml"); err != nil {
			t.Fatal(err)
		}
		check(t, Options{})
	})
}

func TestIncludeAndExtends(t *testing.T) {
	enter(t, map[string]string{
		"compose.yml": `
name: shop
include: [edge/proxy.yml]
services:
  web-blue: {extends: {file: base.yml, service: web}, profiles: [blue]}
  web-green: {extends: {file: base.yml, service: web}, profiles: [green]}
`,
		"edge/proxy.yml": `
services:
  lb: {image: "haproxy:${TAG}", volumes: ["state:/state"]}
volumes: {state: {}}
`,
		"edge/.env": "TAG=3.2\n",
		"base.yml":  "services: {web: {image: web, x-bluegreen: {port: 80, path: /shop/}}}\n",
	})
	p := mustLoad(t, Options{})
	equal(t, "image", p.Source.Services["lb"].Image, "haproxy:3.2")
	equal(t, "route", p.Pairs[0].Routes[Blue], Route{Port: 80, Path: "/shop", Mode: HTTP, Listen: 80})
}

func TestEnvironment(t *testing.T) {
	imageOf := func(t *testing.T, o Options) string {
		return mustLoad(t, o).Source.DisabledServices["web-blue"].Image
	}
	enter(t, map[string]string{"compose.yml": smallest, ".env": "TAG=dotenv\n", "ci.env": "TAG=ci\n"})
	t.Run(".env", func(t *testing.T) { equal(t, "image", imageOf(t, Options{}), "web:dotenv") })
	t.Run("--env-file", func(t *testing.T) {
		equal(t, "image", imageOf(t, Options{EnvFiles: []string{"ci.env"}}), "web:ci")
	})
	t.Run("COMPOSE_ENV_FILES", func(t *testing.T) {
		t.Setenv("COMPOSE_ENV_FILES", ".env,ci.env")
		equal(t, "image", imageOf(t, Options{}), "web:ci")
	})
	t.Run("the environment comes first", func(t *testing.T) {
		t.Setenv("TAG", "shell")
		equal(t, "image", imageOf(t, Options{EnvFiles: []string{"ci.env"}}), "web:shell")
	})
}

func TestProfiles(t *testing.T) {
	text := strings.Replace(smallest, end, "  debug: {image: d, profiles: [debug]}\n  trace: {image: t, profiles: [trace]}\n"+end, 1)
	for _, c := range []struct{ profiles, shared, active, remarks string }{
		{"", "", "lb", ""},
		{"debug", "debug", "debug lb", ""},
		{"*", "debug trace", "debug lb trace", ""},
		{"blue, debug", "debug", "debug lb", "COMPOSE_PROFILES names a colour, which has no effect: name it in the command, as in docker bluegreen up blue"},
	} {
		t.Run(c.profiles, func(t *testing.T) {
			enter(t, map[string]string{"compose.yml": text})
			t.Setenv("COMPOSE_PROFILES", c.profiles)
			p := mustLoad(t, Options{})
			equal(t, "shared", strings.Join(p.Shared, " "), c.shared)
			equal(t, "active", strings.Join(p.Source.ServiceNames(), " "), c.active)
			equal(t, "remarks", strings.Join(p.Remarks, " "), c.remarks)
			// A colour is enabled by enabling its services, as Compose does.
			enabled, err := p.Source.WithServicesEnabled("web-green")
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := enabled.Services["web-blue"]; ok {
				t.Error("enabling green enables blue")
			}
		})
	}
}

func TestUnreadableFiles(t *testing.T) {
	enter(t, map[string]string{"compose.yml": smallest, "includes.yml": "include: [gone.yml]\n" + smallest})
	for _, c := range []struct {
		name string
		o    Options
		env  string
		want string
	}{
		{"-f", Options{Files: []string{"no.yml"}}, "", "read no.yml: no such file or directory\n  fix: check the path"},
		{"COMPOSE_FILE", Options{}, "no.yml", "read no.yml: no such file"},
		{"include", Options{Files: []string{"includes.yml"}}, "", "read gone.yml: no such file"},
		{"--env-file", Options{EnvFiles: []string{"no.env"}}, "", "read no.env: file does not exist\n  fix: check --env-file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.env != "" {
				t.Setenv("COMPOSE_FILE", c.env)
			}
			_, err := Load(t.Context(), c.o)
			contains(t, err, c.want)
			var file *FileError
			if !errors.As(err, &file) || !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%T is no FileError of a missing file", err)
			}
		})
	}
}

func TestNoFile(t *testing.T) {
	enter(t, nil)
	_, err := Load(t.Context(), Options{})
	contains(t, err, "find the Compose file: there is none in this directory or above it\n  fix: go to the project's directory")
}

// A required env_file belongs to the services, of either colour.
func TestMissingServiceEnvFile(t *testing.T) {
	_, err := loadText(t, strings.Replace(smallest, greenIs, greenIs+"\n    env_file: gone.env", 1))
	contains(t, err, "gone.env: no such file or directory")
}

func TestCancelledLoad(t *testing.T) {
	enter(t, map[string]string{"compose.yml": "services: ["})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Load(ctx, Options{}); err == nil {
		t.Error("a cancelled load succeeded")
	}
}
