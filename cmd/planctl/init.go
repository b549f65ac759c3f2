package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/adopt"
	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/report"
)

func (a *app) initCommand() *cobra.Command {
	var dryRun bool
	var ci string
	c := &cobra.Command{
		Use:     "init",
		Short:   "Set planctl up: an example in an empty place, a config for plans that are there",
		GroupID: "keep",
		Long: "In an empty place init writes .planctl.yaml, an example plan and a ledger. In a repository that already works\n" +
			"this way it finds the plans, the ledger and its archives and the state tokens in use, and writes them into\n" +
			".planctl.yaml, as one change for you to review, with what verify finds wrong today as a baseline. In a git\n" +
			"repository it also sets up the merge driver. It never overwrites a file.",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.init(c.Context(), dryRun, adopt.System(ci)) },
	}
	c.Flags().BoolVar(&a.here, "here", false, "set up the working directory itself, not the repository around it")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be written, write nothing")
	c.Flags().StringVar(&ci, "ci", "", "also write a job that verifies each change, for `SYSTEM`: github, gitlab or generic")
	return c
}

func (a *app) init(ctx context.Context, dryRun bool, ci adopt.System) error {
	if ci != "" && !slices.Contains(adopt.Systems(), ci) {
		return &usageError{msg: fmt.Sprintf("--ci %s: want github, gitlab or generic", ci)}
	}
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	if err := a.missedPlans(ctx, w); err != nil {
		return err
	}
	below, _ := w.BelowTop()
	branch, err := verify.MainBranch(ctx, w)
	if err != nil {
		return err
	}
	job, ok := adopt.CI(adopt.Job{System: ci, Version: release(), Branch: branch, Below: below})
	if ci != "" && !ok {
		return &usageError{msg: fmt.Sprintf("--ci %s: the name of the directory %s cannot stand in a job", ci, report.Clean(below)), help: "rename the directory, or write the job by hand: it calls planctl -C DIR verify"}
	}
	proposal, err := adopt.Propose(w, os.DirFS(w.Root))
	if err != nil {
		return fmt.Errorf("look through %s: %w", w.Root, err)
	}
	if ok {
		proposal.Files = append(proposal.Files, job)
	}
	p := a.out()
	p.Printf("workspace: %s\n", report.Clean(w.Root))
	for _, f := range proposal.Found {
		p.Printf("found  %s\n", report.Clean(f))
	}
	fresh := false
	for _, f := range proposal.Files {
		fresh = fresh || f.Path == workspace.ConfigName && dryRun
		mode := os.FileMode(0o644)
		if f.Executable {
			mode = 0o755
		}
		at := filepath.Join(w.Root, filepath.FromSlash(f.Path))
		if dryRun {
			p.Printf("would write %s: %s\n%s", report.Clean(f.Path), report.Clean(f.Why), report.CleanLines(string(f.Data)))
			continue
		}
		store, err := a.inside(w, f.Path)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return fmt.Errorf("make the directory of %s: %w", f.Path, err)
		}
		switch err := store.Create(at, f.Data, mode); {
		case errors.Is(err, os.ErrExist):
			p.Printf("kept   %s: it is there already\n", report.Clean(f.Path))
		case err != nil:
			return err
		default:
			fresh = fresh || f.Path == workspace.ConfigName
			p.Printf("wrote  %s: %s\n", report.Clean(f.Path), report.Clean(f.Why))
		}
	}
	if err := a.adopted(ctx, dryRun, fresh); err != nil {
		return err
	}
	if len(proposal.Unsure) > 0 {
		p.Printf("\nTo settle before these plans run, where the ID is right:\n")
		for _, u := range proposal.Unsure {
			p.Printf("  %s:\n", report.Clean(u.Why))
			for i, c := range u.Commands {
				p.Printf("    %s\n", report.Clean(c))
				if u.Details[i] != "" {
					p.Printf("      %s\n", report.Clean(u.Details[i]))
				}
			}
		}
	}
	p.Printf("\nNext: planctl status shows where the plans stand, planctl lint what they need, planctl next what can run.\n")
	return p.Err()
}

// inside is the store of the directory that a path may not lead out of: the workspace; of one that says so itself, a job's
// for CI, the repository.
func (a *app) inside(w *workspace.Workspace, rel string) (*commit.Store, error) {
	if w.Git == nil || !strings.HasPrefix(rel, "../") {
		store := a.store(w)
		return store, store.Inside(rel)
	}
	at, err := filepath.Rel(w.Git.Top, filepath.Join(w.Root, filepath.FromSlash(rel)))
	if err != nil {
		return nil, err
	}
	store := commit.NewStore(w.Git.Top, w.Git)
	return store, store.Inside(filepath.ToSlash(at))
}

// missedPlans stops an init that was called among plans and would set up a directory above them, where they are none: what
// it wrote there would be about nothing that is there.
func (a *app) missedPlans(ctx context.Context, w *workspace.Workspace) error {
	if w.ConfigPath != "" {
		return nil
	}
	for dir := w.Dir; dir != w.Root && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		own, err := workspace.Open(ctx, workspace.Options{Dir: dir, Config: a.config, Here: true, NoEvidence: true})
		if err != nil {
			return err
		}
		for _, pl := range own.Plans {
			rel, err := filepath.Rel(w.Root, own.Abs(pl.Path))
			if err != nil {
				return err
			}
			rel = filepath.ToSlash(rel)
			if slices.ContainsFunc(w.Plans, func(have *workspace.Plan) bool { return have.Path == rel }) {
				continue
			}
			command := "planctl init --here"
			if dir != w.Dir {
				command = "planctl -C " + dir + " init --here"
			}
			globs := slices.Clone(own.Config.Plans)
			for i, g := range globs {
				globs[i] = strconv.Quote(path.Join(strings.TrimSuffix(rel, pl.Path), g))
			}
			return &usageError{msg: report.Clean(fmt.Sprintf("%s is no plan of the workspace %s, which is where init would work", rel, w.Root)),
				help: report.Clean(fmt.Sprintf("%s makes %s a workspace of its own; or write `plans: [%s]` into %s", command, dir, strings.Join(globs, ", "), filepath.Join(w.Root, workspace.ConfigName)))}
		}
	}
	return nil
}

// release is the version that others can install; "" for a build that has none.
func release() string {
	v := version()
	if !strings.HasPrefix(v, "v") || strings.ContainsAny(v, "+-") {
		return ""
	}
	return v
}
