package glob

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"
)

// maxAlternatives bounds what braces in one pattern may stand for.
const maxAlternatives = 1000

// Files lists the files (no directories) below fsys that match, sorted and each
// once. Directories named .git are passed over. ** does not go through links to
// directories, since two of them in a circle have 2^n paths; any other part of
// the pattern does. A link that leads nowhere or to a directory is no file; one
// that fsys refuses to follow is listed, so that the caller meets the refusal.
//
// A malformed pattern is an error (path.ErrBadPattern); so is a directory that
// cannot be read, but not one that is missing.
func Files(fsys fs.FS, pattern string) ([]string, error) {
	if !Valid(pattern) {
		return nil, doublestar.ErrBadPattern
	}
	alternatives, ok := Braces(pattern, maxAlternatives)
	if !ok {
		return nil, errors.New("the braces stand for more than 1000 names")
	}
	var out []string
	for _, p := range alternatives {
		if path.IsAbs(p) {
			return nil, &fs.PathError{Op: "glob", Path: p, Err: fs.ErrInvalid}
		}
		w := walk{fsys: fsys, seen: map[place]bool{}, out: out}
		for part := range strings.SplitSeq(path.Clean(p), "/") {
			// ** twice in a row says no more than once.
			if n := len(w.parts); part != "**" || n == 0 || w.parts[n-1] != part {
				w.parts = append(w.parts, part)
			}
		}
		if err := w.match(".", 0); err != nil {
			return nil, err
		}
		out = w.out
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

type walk struct {
	fsys  fs.FS
	parts []string
	seen  map[place]bool // with two ** a directory is reached on many ways
	out   []string
}

// place is a directory where the parts from the given one are to be matched.
type place struct {
	dir  string
	part int
}

func (w *walk) match(dir string, i int) error {
	at := place{dir, i}
	if w.seen[at] {
		return nil
	}
	w.seen[at] = true
	part, last := w.parts[i], i == len(w.parts)-1
	if part == ".git" {
		return nil
	}
	if part != "**" && !strings.ContainsAny(part, `*?[{\`) {
		return w.step(path.Join(dir, part), i, last)
	}
	if part == "**" && !last {
		if err := w.match(dir, i+1); err != nil {
			return err
		}
	}
	entries, err := fs.ReadDir(w.fsys, dir)
	if gone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case e.Name() == ".git":
		case part == "**" && e.IsDir():
			err = w.match(name, i)
		case part == "**" && !last:
		case part != "**" && !Match(part, e.Name()):
		case !last && (e.IsDir() || e.Type()&fs.ModeSymlink != 0 && w.leadsToDir(name)):
			err = w.match(name, i+1)
		case last && !e.IsDir() && (e.Type()&fs.ModeSymlink == 0 || w.leadsToFile(name)):
			w.out = append(w.out, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// step takes a part without a wildcard: no directory need be read.
func (w *walk) step(name string, i int, last bool) error {
	if !last {
		return w.match(name, i+1)
	}
	if !fs.ValidPath(name) {
		return &fs.PathError{Op: "glob", Path: name, Err: fs.ErrInvalid}
	}
	if w.leadsToFile(name) {
		w.out = append(w.out, name)
	}
	return nil
}

func (w *walk) leadsToDir(name string) bool {
	info, err := fs.Stat(w.fsys, name)
	return err == nil && info.IsDir()
}

func (w *walk) leadsToFile(name string) bool {
	info, err := fs.Stat(w.fsys, name)
	if err != nil {
		return !gone(err) && !errors.Is(err, syscall.ELOOP)
	}
	return !info.IsDir()
}

// gone reports whether there is nothing of that name: a file where a directory
// was wanted is nothing, too.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
