package engine

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// Preview is what a run would do, for --dry-run.
type Preview struct {
	Task     *Task
	Argv     []string
	Dir      string            // where the command would run, relative to the workspace
	Env      map[string]string // what the spec and planctl set; not the inherited rest
	RunDir   string
	Log      string
	Manifest string
	Stamp    string
	Criteria []string
	Changes  []FileChange // as they would be if it passed
}

// FileChange is one file before and after.
type FileChange struct {
	Path          string
	Before, After []byte
}

// Preview says what Run would do and writes nothing.
func (e *Engine) Preview(ctx context.Context, sel Selection, opt RunOptions) ([]*Preview, error) {
	w, err := e.Open(ctx)
	if err != nil {
		return nil, err
	}
	items, _, err := pick(w, sel)
	if err != nil {
		return nil, err
	}
	if err := check(w, items); err != nil {
		return nil, err
	}
	var out []*Preview
	number := map[string]int{}
	for _, it := range items {
		v, err := e.preview(ctx, w, it, opt, number)
		if err = errors.Join(err, ctx.Err()); err != nil { // an interrupt ends what is hashed for it
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (e *Engine) preview(ctx context.Context, w *workspace.Workspace, it *workspace.Item, opt RunOptions, number map[string]int) (*Preview, error) {
	t := e.describe(w, it)
	v := &Preview{Task: t}
	sp, _, _ := it.EffectiveSpec()
	t.Gates = schedule.Gates(w, it)
	manual, why := isManual(it)
	switch {
	case it.Spec != nil && it.Spec.IsRollup():
		t.Status, t.Reason = Rolled, "ticked when phase "+it.Spec.Phase+" of "+it.Spec.Plan+" is complete"
		return v, nil
	case manual:
		t.Status, t.Reason, t.Help = Manual, why, manualHelp(t.Name, it)
		return v, nil
	case it.Task.State == plan.Done && it.Standing(ctx, w).Fresh && !opt.Force:
		t.Warnings = append(t.Warnings, altered(ctx, w, it.Ran(it.LastPass()))...)
		t.Status, t.Reason = Current, "nothing that it depends on has changed since"
		return v, nil
	case sp != nil && t.Prose && notReady(it) != "":
		t.Status, t.Reason = Declined, "its text cannot be run: "+notReady(it)
		return v, nil
	}
	if !provable(ctx, w, w.Git, it, opt.AcceptPins, t) {
		return v, nil
	}
	reports, slug := w.Reports(it.Plan, it.Phase)
	v.Stamp = e.Now().UTC().Format(stampLayout)
	sp = sp.Expand(v.Stamp)
	v.RunDir = reports + "/" + v.Stamp + "/" + slug
	v.Log = v.RunDir + "/" + logName(sp)
	v.Manifest = v.RunDir + "/" + fileID(it.Task.ID) + manifest.Suffix
	v.Argv, v.Dir = argv(sp.Run), sp.Dir
	v.Env = map[string]string{"PLANCTL_TASK": it.Task.ID, "PLANCTL_PLAN": it.Plan.Path, "PLANCTL_STAMP": v.Stamp,
		"PLANCTL_DIR": filepath.Join(w.Root, filepath.FromSlash(v.RunDir))}
	for k, val := range sp.Env {
		if val != nil {
			v.Env[k] = *val
		}
	}
	for _, c := range sp.Criteria {
		v.Criteria = append(v.Criteria, c.Expr)
	}
	t.Command = sp.Run
	t.Altered = e.altered(ctx, w, it)
	return v, v.changes(w, it, sp, opt, number)
}

// changes predicts the tick and the ledger's entry of a pass.
func (v *Preview) changes(w *workspace.Workspace, it *workspace.Item, sp *spec.Spec, opt RunOptions, number map[string]int) error {
	if !opt.NoTick && it.Task.Editable {
		to := plan.Done
		if sp.Review {
			to = plan.Active
		}
		edit, err := it.Plan.Doc.SetState(it.Task, to, w.TokenUse)
		if err != nil {
			return err
		}
		after, err := plan.Apply(it.Plan.Doc.Source, edit)
		if err != nil {
			return err
		}
		v.Changes = append(v.Changes, FileChange{it.Plan.Path, it.Plan.Doc.Source, after})
	}
	n := nextNumber(w, it.Plan.Link.ID)
	section, err := w.Ledger.Doc.Section(it.Plan.Link.ID)
	if err != nil {
		return err
	}
	number[it.Plan.Link.ID]++
	ins, err := w.Ledger.Doc.Append(section, expectedEntry(w, it, sp, v, n+number[it.Plan.Link.ID]-1), w.Config.AttemptStyle())
	if err != nil {
		return err
	}
	v.Changes = append(v.Changes, FileChange{w.Ledger.Path, w.Ledger.Doc.Source, insert(w.Ledger.Doc.Source, ins)})
	return nil
}

// expectedEntry is the ledger's entry of a pass, as far as it is known before.
func expectedEntry(w *workspace.Workspace, it *workspace.Item, sp *spec.Spec, v *Preview, number int) ledger.Entry {
	return ledger.Entry{
		Date: v.Stamp[:len(time.DateOnly)], Number: number, Task: it.EntryName(w), Title: it.Task.Description,
		Result: string(manifest.Pass), Detail: "exit and time as they come out", Command: sp.Run,
		Artifacts: artifactsLine(v.RunDir, []manifest.File{{Name: logName(sp), Role: "log"}}, fileID(it.Task.ID)+manifest.Suffix),
	}
}
