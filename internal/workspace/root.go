package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/planctl/planctl/internal/disk"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/regular"
)

// locate finds the workspace's root and its config. The root is the directory
// of the nearest .planctl.yaml above dir within its git repository, else git's top level, else dir
// itself. A config that was named explicitly changes the settings and not the
// root, so that every path keeps its meaning.
func (w *Workspace) locate(ctx context.Context, o Options) error {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Dir, err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return fmt.Errorf("%s is no directory to work in: %w", o.Dir, err)
	}
	if st, err := os.Stat(dir); err != nil {
		return err
	} else if !st.IsDir() {
		return fmt.Errorf("%s is no directory to work in: it is a file", o.Dir)
	}
	w.Dir = dir

	repo, err := gitrepo.Open(ctx, dir)
	switch {
	case err == nil:
		w.Git = repo
	case errors.Is(err, gitrepo.ErrNone):
	case disk.Failed(err):
		return &DiskError{dir, err}
	default:
		// Without git planctl works and says what the evidence lacks.
		w.GitProblem = err
	}

	w.Root = dir
	nearest := nearestConfig(dir)
	if o.Here && nearest != filepath.Join(dir, ConfigName) {
		nearest = ""
	}
	switch {
	case o.Here:
	case nearest != "":
		w.Root = filepath.Dir(nearest)
	case w.Git != nil:
		if top, err := filepath.EvalSymlinks(w.Git.Top); err == nil {
			w.Root = top
		}
	}

	file := nearest
	if o.Config != "" {
		if file, err = filepath.Abs(o.Config); err != nil {
			return fmt.Errorf("%s: %w", o.Config, err)
		}
	}
	w.Config = DefaultConfig()
	if file == "" {
		return nil
	}
	w.ConfigPath = w.relative(file)
	text, err := regular.Read(file)
	if disk.Failed(err) {
		return &DiskError{w.ConfigPath, err}
	}
	if err != nil {
		return finding.List{{
			Code: "config-unreadable", Severity: finding.Error, File: w.ConfigPath,
			Message: "the config cannot be read: " + reason(err), Help: "mend the file's permissions, or name another one with --config",
		}}
	}
	config, findings := DecodeConfig(w.ConfigPath, text)
	if len(findings.Errors()) > 0 {
		return findings
	}
	w.Config = config
	w.Findings = append(w.Findings, findings...)
	return nil
}

// nearestConfig is the first .planctl.yaml in dir or above it, "" without one. The search ends at the top of
// a git repository: one that lies inside another, a submodule say, is a workspace of its own.
func nearestConfig(dir string) string {
	for {
		p := filepath.Join(dir, ConfigName)
		// Whatever has the name marks the root, so that an unreadable one is an error rather than another root.
		if _, err := os.Lstat(p); err == nil {
			return p
		}
		_, err := os.Lstat(filepath.Join(dir, ".git"))
		up := filepath.Dir(dir)
		if up == dir || err == nil {
			return ""
		}
		dir = up
	}
}

// relative is the slash-separated path below the root; a file elsewhere keeps its absolute path.
func (w *Workspace) relative(p string) string {
	r, err := filepath.Rel(w.Root, p)
	if err != nil || !filepath.IsLocal(r) {
		return filepath.ToSlash(p)
	}
	return filepath.ToSlash(r)
}

// Abs is the absolute path of a slash-separated path of the workspace.
func (w *Workspace) Abs(rel string) string {
	if filepath.IsAbs(filepath.FromSlash(rel)) {
		return filepath.FromSlash(rel)
	}
	return filepath.Join(w.Root, filepath.FromSlash(rel))
}

// BelowTop is the root's path from the top of its git repository, "." where it is the top itself; ok is false where there
// is no repository around it.
func (w *Workspace) BelowTop() (rel string, ok bool) {
	if w.Git == nil {
		return "", false
	}
	rel, err := filepath.Rel(w.Git.Top, w.Root)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// reason is the cause of a file error without its path, which the message around it has.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
