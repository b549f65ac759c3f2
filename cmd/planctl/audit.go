package main

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/report"
)

func (a *app) auditCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "audit ID",
		Short:   "Print the artifact audit of a task's last evidence, as Markdown",
		GroupID: "see",
		Long:    "Audit lists every file of the last recorded run: path, size, SHA-256, dtype and shape of arrays, and whether the\nbytes are still those that were recorded. Exit 1 where one differs or is absent.",
		Args:    args(cobra.ExactArgs(1)), ValidArgsFunction: a.completeTasks,
		RunE: func(c *cobra.Command, names []string) error { return a.audit(c.Context(), names[0], asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

func (a *app) audit(ctx context.Context, name string, asJSON bool) error {
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	it, err := w.Find(name)
	if err != nil {
		return err
	}
	r := it.LastPass()
	if r == nil {
		r = it.Newest()
	}
	if r == nil {
		return &failure{msg: name + " has no evidence: it has not been run", help: "planctl run " + name}
	}
	v := report.AuditView{Schema: "planctl/audit/v1", Task: it.Name(w), Title: it.Task.Description, Manifest: r.Path, Run: r.Digest, Files: []report.AuditFile{}, Record: r}
	for _, f := range r.Doc.Predicate.Files {
		abs := filepath.Join(w.Root, filepath.FromSlash(path.Join(path.Dir(r.Path), f.Name)))
		if f.Base == manifest.Workspace {
			abs = filepath.Join(w.Root, filepath.FromSlash(f.Name))
		}
		now, err := compare(ctx, abs, f.SHA256)
		if err != nil {
			return err
		}
		if now != report.Same {
			a.code = exitFailed
		}
		v.Files = append(v.Files, report.AuditFile{File: f, Path: shownPath(w, abs), Now: now})
	}
	if asJSON {
		return a.emitJSON(v)
	}
	p := a.printer(a.io.Out)
	report.Audit(p, v)
	return p.Err()
}

func shownPath(w *workspace.Workspace, abs string) string {
	if rel, err := filepath.Rel(w.Root, abs); err == nil {
		return filepath.ToSlash(rel)
	}
	return abs
}

func compare(ctx context.Context, path, sha string) (report.Compared, error) {
	sum, _, err := evidence.Hash(ctx, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return report.Absent, nil
	case err != nil:
		return "", err
	case sum != sha:
		return report.Differs, nil
	}
	return report.Same, nil
}
