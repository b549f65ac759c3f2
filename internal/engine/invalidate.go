package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// invalidated is the word of `mark` that takes the force of one recorded pass. It is no state of a row.
const invalidated = "invalidated"

// invalidate records that a pass does not count: the one that is named, else the newest. A row that no other pass
// stands behind is open again.
func (e *Engine) invalidate(ctx context.Context, w *workspace.Workspace, name string, opt MarkOptions) (*Task, error) {
	it, err := w.Find(name)
	if err != nil {
		return nil, err
	}
	if err := check(w, []*workspace.Item{it}); err != nil {
		return nil, err
	}
	switch {
	case opt.Note == "":
		return nil, &MarkError{Why: "a decision by hand needs its reason", Help: "add --note \"why\"", Usage: true}
	case opt.Same:
		return nil, &MarkError{Why: "--same belongs to `mark ID done`", Help: "leave it out", Usage: true}
	case it.Task.State == plan.Done && !it.Task.Editable:
		return nil, &MarkError{Why: fmt.Sprintf("%s:%d: %s", it.Plan.Path, it.Task.Line, it.Task.Problem), Help: "planctl lint " + it.Plan.Path}
	}
	if err := writable(w, []*workspace.Item{it}, true); err != nil {
		return nil, err
	}
	if _, err := whichPass(it, opt.Run); err != nil {
		return nil, err
	}
	d := &decision{e: e, plan: it.Plan.Path, id: it.Task.ID, phase: it.Phase.ID, kind: "manual", note: opt.Note, task: e.describe(w, it)}
	return d.task, d.commit(ctx, w, func(ctx context.Context, w *workspace.Workspace, p *manifest.Predicate) ([]commit.Tick, error) {
		now := (key{d.plan, d.id}).in(w)
		if now == nil {
			return nil, &MarkError{Why: fmt.Sprintf("row %s is gone from %s", d.id, d.plan), Help: "planctl show " + d.plan}
		}
		pass, err := whichPass(now, opt.Run)
		if err != nil {
			return nil, err
		}
		p.Result = manifest.Invalidated
		p.Supersedes = []string{pass}
		others := slices.DeleteFunc(standing(now), func(s string) bool { return s == pass })
		if len(others) > 0 || now.Task.State != plan.Done {
			return nil, nil
		}
		return []commit.Tick{{Plan: now.Plan.Path, ID: now.Task.ID, Row: now.Task.RowText(), From: now.Task.Token, To: plan.Todo}}, nil
	})
}

// whichPass is the digest of the pass that is to lose its force.
func whichPass(it *workspace.Item, name string) (string, error) {
	stand := standing(it)
	if name == "" {
		last := it.LastPass()
		if last == nil || !slices.Contains(stand, last.Digest) {
			return "", &MarkError{Why: it.Task.ID + " has no pass that stands", Help: "planctl log " + it.Task.ID + " lists its attempts"}
		}
		return last.Digest, nil
	}
	r, err := findRun(it, name)
	if err != nil {
		return "", err
	}
	if !slices.Contains(stand, r.Digest) {
		return "", &MarkError{Why: "a later attempt has taken the force of " + name + " already", Help: "planctl log " + it.Task.ID + " lists its attempts"}
	}
	return r.Digest, nil
}
