package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
)

// listing is the regular files of a run's directory, by slash-separated name.
type listing map[string]fs.FileInfo

func list(dir string) (listing, error) {
	l := listing{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !d.Type().IsRegular() {
			return nil // gone meanwhile, or nothing that holds bytes of its own
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		l[filepath.ToSlash(rel)] = info
		return nil
	})
	return l, err
}

// made is the names that are new, or another file, since an earlier listing; sorted.
func (l listing) made(before listing) []string {
	var out []string
	for name, now := range l {
		if was, ok := before[name]; !ok || !os.SameFile(was, now) || was.Size() != now.Size() || !was.ModTime().Equal(now.ModTime()) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// stands reports whether the run's directory is still the one that was made: a command may move it away, or put a
// link in its place that leads what planctl writes somewhere else.
func (x *execution) stands() error {
	now, err := os.Lstat(x.dir.Path)
	if err != nil {
		return fmt.Errorf("the command took the run's directory away, so that its evidence is lost: %w", err)
	}
	if !os.SameFile(x.place, now) {
		return fmt.Errorf("%s is not the directory that was made for the run: the command replaced it", x.dir.Path)
	}
	return nil
}

// strays looks at what the command left in the run's directory beside what its spec names: it may not write a
// manifest, and nothing that lies there may hold a secret.
func (x *execution) strays(ctx context.Context) (wrong []string) {
	now, err := list(x.dir.Path)
	if err != nil {
		x.lose(err)
		return []string{fmt.Sprintf("list the run's directory: %v", err)}
	}
	recorded := make(map[string]bool, len(x.p.Files))
	for _, f := range x.p.Files {
		recorded[f.Name] = recorded[f.Name] || f.Base == "" && f.Role != "log"
	}
	for _, name := range now.made(x.listed) {
		switch {
		case strings.HasSuffix(name, manifest.Suffix) && !x.others(name):
			wrong = append(wrong, fmt.Sprintf("the command wrote %s itself; only planctl writes manifests", name))
		case recorded[name] || atomicfile.IsTemp(filepath.Base(name)):
		default:
			wrong = append(wrong, x.secretIn(ctx, filepath.Join(x.dir.Path, filepath.FromSlash(name)), name)...)
		}
	}
	return wrong
}

// others reports whether a manifest is that of another task of this call, which may run at the same time.
func (x *execution) others(name string) bool {
	return slices.ContainsFunc(x.call.tasks, func(k key) bool {
		return k.id != x.it.Task.ID && strings.HasPrefix(name, fileID(k.id)+".")
	})
}

// secretIn says what of a secret is in a file or in its name.
func (x *execution) secretIn(ctx context.Context, path, name string) []string {
	if x.masker == nil {
		return nil
	}
	if v, ok := x.masker.Contains([]byte(name)); ok {
		return []string{fmt.Sprintf("the name of the file %s holds the value of $%s; rename it", x.masker.String(name), v)}
	}
	switch v, err := evidence.ScanSecrets(ctx, path, x.masker); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		x.lose(err)
		return []string{fmt.Sprintf("search %s for secrets: %v", name, err)}
	case v != "":
		return []string{fmt.Sprintf("%s holds the value of $%s; take it out, and the file with it", name, v)}
	}
	return nil
}
