package main

import (
	"os"
	"path/filepath"
	"testing"
)

const directory = "../../docs/commands"

func TestPagesSayWhatTheCommandsDo(t *testing.T) {
	pages := Pages()
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(directory, name))
		if err != nil {
			t.Errorf("%v: write it with `make docs`", err)
			continue
		}
		if string(got) != want {
			t.Errorf("%s is stale: write it anew with `make docs`", name)
		}
	}
	files, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := pages[f.Name()]; !ok {
			t.Errorf("%s belongs to no command: remove it with `make docs`", f.Name())
		}
	}
}
