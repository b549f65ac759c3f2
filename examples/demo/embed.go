// Package demo holds the project that `planctl demo` runs in a scratch
// directory: a Go module without dependencies, a plan of three phases, a
// ledger, and the three commits that an engineer would make on the way. It
// holds files and the story; it runs no command and prints nothing.
//
// The files lie under files/STAGE. Go source and go.mod carry the suffix .txt
// there, because a directory with a go.mod is another module, which go:embed
// does not enter, and because Go source would be built with planctl itself.
// [Write] takes the suffix off.
package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// FS is the stages as they are stored, suffixes included.
//
//go:embed all:files
var FS embed.FS

// Stage is one commit of the project: the files that it adds or replaces.
type Stage struct {
	Dir     string // below files/ in FS
	Message string // of the commit
}

// Stages returns the commits of the project, oldest first.
func Stages() []Stage {
	return []Stage{
		{Dir: "1-library", Message: "Spans, and the hours of a room that are taken"},
		{Dir: "2-test", Message: "Test that a nested span leaves its parent alone"},
		{Dir: "3-fix", Message: "Merge keeps the later end"},
	}
}

// Write puts the files of stage n, counted from 1, into dir, which must exist,
// over those of the stages before. It returns the paths that it wrote, slash
// separated and relative to dir, in lexical order of their stored names.
func Write(dir string, n int) (_ []string, err error) {
	stages := Stages()
	if n < 1 || n > len(stages) {
		return nil, fmt.Errorf("demo: no stage %d, there are 1 to %d", n, len(stages))
	}
	files, err := fs.Sub(FS, path.Join("files", stages[n-1].Dir))
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	var written []string
	err = fs.WalkDir(files, ".", func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, p)
		if err != nil {
			return err
		}
		name := projectName(p)
		if err := root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(filepath.FromSlash(name), body, 0o644); err != nil {
			return err
		}
		written = append(written, name)
		return nil
	})
	return written, err
}

// projectName maps a stored name to the one in the project.
func projectName(stored string) string {
	if strings.HasSuffix(stored, ".go.txt") || path.Base(stored) == "go.mod.txt" {
		return strings.TrimSuffix(stored, ".txt")
	}
	return stored
}
