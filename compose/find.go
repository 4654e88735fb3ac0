package compose

import (
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/cli"
)

// DefaultFiles are the file names that come before Compose's own. A project
// can so keep a plain compose.yaml beside its blue/green one.
func DefaultFiles() []string {
	return []string{"compose.blue-green.yml", "compose.blue-green.yaml"}
}

// withDefaultFile looks upward for a Compose file. The nearest directory wins
// over the better name: a project inside another one is a project of its own.
func withDefaultFile(o *cli.ProjectOptions) error {
	if len(o.ConfigPaths) > 0 {
		return nil
	}
	directory, err := o.GetWorkingDir()
	if err != nil {
		return err
	}
	for {
		if file, ok := firstFile(directory, DefaultFiles()); ok {
			o.ConfigPaths = []string{file}
			return nil
		}
		parent := filepath.Dir(directory)
		if _, ok := firstFile(directory, cli.DefaultFileNames); ok || parent == directory {
			// Compose's own search adds the override file.
			return cli.WithDefaultConfigPath(o)
		}
		directory = parent
	}
}

func firstFile(directory string, names []string) (string, bool) {
	for _, name := range names {
		file := filepath.Join(directory, name)
		if _, err := os.Stat(file); err == nil {
			return file, true
		}
	}
	return "", false
}
