package compose

import (
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

// Options say which Compose project is meant. The zero value means the
// project of the current directory, as it does for `docker compose`.
type Options struct {
	// Files are the Compose files, later ones override earlier ones (-f).
	// Empty: COMPOSE_FILE, else the nearest directory upward with a file of
	// a default name.
	Files []string
	// Name is the project's name (-p). Empty: COMPOSE_PROJECT_NAME, else the
	// file's `name`, else the project directory's.
	Name string
	// Directory is the project directory (--project-directory), from which
	// relative paths count. Empty: that of the first file.
	Directory string
	// EnvFiles replace the project directory's .env (--env-file). Empty:
	// COMPOSE_ENV_FILES, separated by commas.
	EnvFiles []string
	// Engine says where the containers run (--engine). Empty: as the files say,
	// else on one engine.
	Engine EngineKind
}

// WorkingDir is the absolute path of the project directory, which Compose
// keeps in its containers' com.docker.compose.project.working_dir label. It
// needs no readable Compose file, so it finds a project's containers when the
// file is broken.
func (o Options) WorkingDir() (string, error) {
	found, err := o.resolve()
	if err != nil {
		return "", err
	}
	return found.GetWorkingDir()
}

// resolve finds files and environment in the order of Compose's own loader,
// for only the same order gives the same values; more steps come last.
func (o Options) resolve(more ...cli.ProjectOptionsFn) (*cli.ProjectOptions, error) {
	envFiles := o.envFiles()
	steps := []cli.ProjectOptionsFn{
		cli.WithWorkingDirectory(o.Directory),
		cli.WithOsEnv,
		withPWD,
		// The .env of the current directory may set COMPOSE_FILE ...
		cli.WithEnvFiles(envFiles...),
		cli.WithDotEnv,
		cli.WithConfigFileEnv,
		withDefaultFile,
		// ... and the project directory, known only now, may have its own.
		cli.WithEnvFiles(envFiles...),
		cli.WithDotEnv,
		cli.WithName(o.Name),
	}
	found, err := cli.NewProjectOptions(o.Files, append(steps, more...)...)
	if err != nil {
		return nil, readError(err)
	}
	return found, nil
}

func (o Options) envFiles() []string {
	if len(o.EnvFiles) > 0 {
		return o.EnvFiles
	}
	return strings.FieldsFunc(os.Getenv("COMPOSE_ENV_FILES"), func(c rune) bool { return c == ',' })
}

// withPWD sets PWD where the system does not, since files refer to it.
func withPWD(o *cli.ProjectOptions) error {
	if _, set := os.LookupEnv("PWD"); set {
		return nil
	}
	directory, err := os.Getwd()
	if err != nil {
		return err
	}
	return cli.WithEnv([]string{"PWD=" + directory})(o)
}
