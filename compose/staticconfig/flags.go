package staticconfig

import "strings"

// Flags are Traefik's arguments as its command line takes them: --key=value,
// --key value, or --key alone for true. Arguments with blanks are taken apart,
// for they are what a shell gets.
type Flags []string

// ConfigFile is the file that the flags name; "" when they name none. Traefik
// reads either a file or the flags, never both.
func (f Flags) ConfigFile() string { return f.tree().at("configfile").text() }

// Config is the configuration that the flags make.
func (f Flags) Config() Config { return of(f.tree()) }

// Any tells that a flag says something of the static configuration.
func (f Flags) Any() bool { return f.tree().set }

func (f Flags) tree() node {
	var root node
	words := strings.Fields(strings.Join(f, " "))
	for i, word := range words {
		key, isFlag := strings.CutPrefix(strings.Trim(word, `"'`), "--")
		if !isFlag {
			continue
		}
		key, value, inline := strings.Cut(key, "=")
		switch {
		case inline:
		case i+1 < len(words) && !strings.HasPrefix(words[i+1], "-"):
			value = words[i+1]
		default:
			value = "true"
		}
		root.put(strings.Split(strings.ToLower(key), "."), strings.Trim(value, `"'`))
	}
	return root
}
