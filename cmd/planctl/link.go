package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/report"
)

func (a *app) linkCommand() *cobra.Command {
	var create bool
	c := &cobra.Command{
		Use:     "link PLAN ID",
		Short:   "Say which initiative a plan belongs to; --create makes its ledger section",
		GroupID: "keep",
		Long: "Link writes the answer into `links:` of .planctl.yaml, where it wins over everything that the plan or the\n" +
			"ledger says. With --create the ledger (if there is none) and the initiative's section are made, with an\n" +
			"Index row where the ledger has an Index.",
		Example: "  planctl link plans/active/vectorization.md VECTOR-TRICUBIC-001\n  planctl link plans/new.md NEW-001 --create",
		Args:    args(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, names []string) error {
			return a.link(c.Context(), names[0], names[1], create)
		},
	}
	c.Flags().BoolVar(&create, "create", false, "make the ledger section where it is not there")
	return c
}

func (a *app) link(ctx context.Context, name, id string, create bool) error {
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	pl, err := w.FindPlan(name)
	if err != nil {
		return err
	}
	p := a.out()
	have := false
	if w.Ledger != nil && w.Ledger.Doc != nil {
		_, err := w.Ledger.Doc.Section(id)
		have = err == nil
		if err != nil && !create {
			return &usageError{msg: plainly(err), help: "--create makes the section"}
		}
	} else if !create {
		return &usageError{msg: fmt.Sprintf("there is no ledger at %s", w.Config.Ledger), help: "--create makes it, with the section"}
	}
	if !have {
		if err := a.createSection(ctx, w, pl, id, p); err != nil {
			return err
		}
	}
	if pl.Link.ID == id && pl.Link.Doubt == "" && pl.Link.Source != "stem" && pl.Link.Source != "directory" {
		p.Printf("%s belongs to %s (%s)\n", report.Clean(pl.Path), report.Clean(id), pl.Link.Source)
		return p.Err()
	}
	path := w.ConfigPath
	if path == "" {
		path = filepath.Join(w.Root, ".planctl.yaml")
		if err := a.store(w).Create(path, []byte("version: 1\n"), 0o644); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	err = a.store(w).Edit(ctx, path, "link "+pl.Path, func(src []byte) ([]byte, error) {
		return workspace.AddLink(path, src, pl.Path, id)
	})
	if err != nil {
		return err
	}
	p.Printf("linked %s to %s in %s\n", report.Clean(pl.Path), report.Clean(id), report.Clean(a.show(path)))
	if err := a.settled(ctx, w, pl.Path, p); err != nil {
		return err
	}
	return p.Err()
}

// settled takes out of the baseline that it was not known to which initiative a plan belongs: init had put it there, and as it is
// known now the entry would be named as one that holds nothing. A baseline that cannot be read verify names.
func (a *app) settled(ctx context.Context, w *workspace.Workspace, plan string, p *report.Printer) error {
	mine := func(e baseline.Entry) bool { return e.Rule == verify.CodeDoubt && e.File == plan }
	text, err := regular.Read(w.Abs(baseline.Name))
	if err != nil {
		return nil // there is none
	}
	if b, bad := baseline.Parse(baseline.Name, text); len(bad.Errors()) > 0 || !slices.ContainsFunc(b.Entries, mine) {
		return nil
	}
	err = a.store(w).Edit(ctx, baseline.Name, "link "+plan, func(src []byte) ([]byte, error) {
		b, bad := baseline.Parse(baseline.Name, src)
		if len(bad.Errors()) > 0 {
			return nil, nil
		}
		b.Entries = slices.DeleteFunc(b.Entries, mine)
		return b.Format(), nil
	})
	if err == nil {
		p.Printf("took its entry out of %s: its initiative is known now\n", baseline.Name)
	}
	return err
}

func (a *app) createSection(ctx context.Context, w *workspace.Workspace, pl *workspace.Plan, id string, p *report.Printer) error {
	path := filepath.Join(w.Root, filepath.FromSlash(w.Config.Ledger))
	if err := a.store(w).Inside(w.Config.Ledger); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the ledger's directory: %w", err)
	}
	if err := a.store(w).Create(path, nil, 0o644); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	err := a.store(w).Edit(ctx, w.Config.Ledger, "link "+pl.Path, func(src []byte) ([]byte, error) {
		l := ledger.Parse(w.Config.Ledger, src)
		ins, err := l.CreateSection(sectionHeader(pl, id, a.io.Now()))
		if err != nil {
			return nil, &usageError{msg: plainly(err), help: "an initiative's ID looks like TEST-PYTORCH-001"}
		}
		return ledger.Insert(src, ins...), nil
	})
	if err == nil {
		p.Printf("made section [%s] in %s\n", report.Clean(id), report.Clean(w.Config.Ledger))
	}
	return err
}

// sectionHeader takes a new section's header from the plan's own context.
func sectionHeader(pl *workspace.Plan, id string, now time.Time) ledger.Header {
	h := ledger.Header{ID: id, Title: pl.Doc.Title, Plan: pl.Path, Status: "in_progress", Date: now.UTC().Format(time.DateOnly)}
	h.Title = strings.TrimSpace(strings.TrimPrefix(strings.TrimLeft(strings.ReplaceAll(h.Title, "["+id+"]", ""), " "), id))
	h.Title = strings.TrimSpace(strings.TrimLeft(h.Title, "—–-: "))
	if h.Title == "" {
		h.Title = pl.Stem()
	}
	if goal := pl.Doc.Context.PhaseGoal.Text; goal != "" {
		h.Fields = append(h.Fields, ledger.Field{Key: "Goal", Text: goal})
	}
	return h
}

// show is a path as the user would type it.
func (a *app) show(path string) string {
	here, err := filepath.Abs(a.dir)
	if err != nil {
		return path
	}
	if r, err := filepath.Rel(here, path); err == nil {
		return r
	}
	return path
}
