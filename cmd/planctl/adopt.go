package main

import (
	"context"

	"github.com/planctl/planctl/internal/adopt"
	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/report"
)

// adopted does what init does beside writing files of its own: the merge driver for this clone, and, where the config
// is new, the baseline of what is wrong already. A baseline is never made where somebody had set planctl up before: it
// would accept what went wrong since.
func (a *app) adopted(ctx context.Context, dryRun, fresh bool) error {
	w, err := a.open(ctx) // again: the config is there now
	if err != nil {
		return err
	}
	p := a.out()
	if w.Git != nil {
		if err := a.mergeDriver(ctx, w, p, dryRun); err != nil {
			return err
		}
	}
	if !fresh {
		return p.Err()
	}
	res, err := verify.Verify(ctx, w, verify.Options{})
	if err != nil {
		return err
	}
	if dryRun {
		if b := baseline.Update(nil, res.Found, res.Scope); len(b.Entries) > 0 {
			p.Printf("would write %s: %s that %s today\n", baseline.Name, held(b), stand(b.Findings()))
		}
		a.toMend(p, res)
		return p.Err()
	}
	if _, err := regular.Read(w.Abs(baseline.Name)); err == nil {
		p.Printf("kept   %s: it is there already\n", baseline.Name)
		a.toMend(p, res)
		return p.Err()
	}
	_, b, err := a.writeBaseline(w, res)
	if err != nil {
		return err
	}
	if len(b.Entries) > 0 {
		p.Printf("wrote  %s: %s that %s today; verify speaks of what is new\n", baseline.Name, held(b), stand(b.Findings()))
	}
	a.toMend(p, res)
	return p.Err()
}

// toMend shows what no baseline can hold: an error in a spec, for which run refuses the plan.
func (a *app) toMend(p *report.Printer, res verify.Result) {
	if n := a.unheld(p, res); n > 0 {
		p.Printf("%s to mend first, which no baseline can hold\n", count(n, "error"))
	}
}

func stand(n int) string {
	if n == 1 {
		return "stands"
	}
	return "stand"
}

func (a *app) mergeDriver(ctx context.Context, w *workspace.Workspace, p *report.Printer, dryRun bool) error {
	if dryRun {
		there, err := regular.Read(w.Abs(".gitattributes"))
		if err != nil {
			there = nil // not there, or init itself will say why it cannot be read
		}
		if _, lines := adopt.Attributes(w.Config, there); len(lines) > 0 {
			p.Printf("would add %s to .gitattributes, and the merge driver to this clone's git config\n", count(len(lines), "line"))
		}
		return p.Err()
	}
	done, err := installMergeDriver(ctx, w)
	for _, line := range done {
		p.Printf("merge  %s\n", report.Clean(line))
	}
	return err
}
