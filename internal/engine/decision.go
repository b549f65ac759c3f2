package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/redact"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// decision records an attempt without a run of its own: a mark, a phase judged again, a check.
type decision struct {
	e     *Engine
	plan  string // path
	id    string // task; "" for a phase
	phase string
	kind  string
	note  string
	task  *Task
	mask  *redact.Masker

	// before does the work whose outcome is recorded, in the record's directory, once an intent tells of it; nil: none.
	before func(ctx context.Context, rel string, p *manifest.Predicate, open *commit.Open, note *commit.Note) error
}

// judgement fills in what was decided and says what to tick, on a reading of the workspace made under
// its lock.
type judgement func(ctx context.Context, w *workspace.Workspace, p *manifest.Predicate) ([]commit.Tick, error)

// commit writes the decision. Errors before the commit point leave nothing behind.
func (d *decision) commit(ctx context.Context, w *workspace.Workspace, judge judgement) error {
	store := d.e.store(w)
	name := d.plan + "#" + d.id
	if d.id == "" {
		name = d.plan + "#phase " + d.phase
	}
	lock, err := store.LockTask(name, d.kind+" "+d.task.Name)
	if err != nil {
		return err
	}
	note := store.Note()
	// Until the lock was taken another process may have decided, or run the task and died.
	rs, err := store.RecoverTask(ctx, d.e.recovering(ctx, w), name, d.e.Now())
	err = errors.Join(err, d.e.recovered(rs))
	if err == nil {
		w, err = d.e.Open(ctx)
	}
	if err == nil {
		err = d.locked(ctx, w, store, note, name, judge)
	}
	return errors.Join(err, note.Close(), lock.Release())
}

func (d *decision) locked(ctx context.Context, w *workspace.Workspace, store *commit.Store, note *commit.Note, name string, judge judgement) error {
	pl, ph, err := w.FindPhase(d.plan + "#" + d.phase)
	if err != nil {
		return err
	}
	it := d.item(w, pl, ph)
	sp, _, _ := it.EffectiveSpec()
	d.mask = d.e.maskerFor(w, sp)
	_, rel, stamp, err := d.e.recordDir(ctx, w, pl, ph, note)
	if err != nil {
		return err
	}
	d.task.Dir = rel
	now := d.e.Now().UTC()
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		return fmt.Errorf("make a nonce: %w", err)
	}
	p := manifest.Predicate{
		Task: manifest.Task{Plan: pl.Path, Phase: ph.ID, Initiative: pl.Link.ID}, Kind: d.kind, Dir: ".", Env: map[string]string{},
		Stamp: stamp, Started: now, Finished: now, Note: d.mask.String(d.note), Actor: d.e.actor(ctx, w), Host: host(),
		Executor: manifest.Executor{Name: "none"}, Planctl: d.e.Version, Nonce: hex.EncodeToString(nonce),
	}
	if d.id != "" {
		p.Task = taskRef(w, it)
		p.Parents = heads(it.Runs)
	}
	if w.Git != nil {
		if p.Source.Commit, p.Source.Tree, err = w.Git.Head(ctx); err != nil {
			return err
		}
	} else {
		p.Source.Why = "not a git repository"
	}
	maskPredicate(d.mask, &p) // the intent has it, and is what recover makes a manifest of
	file := fileID(d.id)
	if d.id == "" {
		file = "phase_" + fileID(d.phase)
	}
	in := commit.Intent{Key: p.Nonce, Name: name, RunDir: rel, Manifest: rel + "/" + file + manifest.Suffix, Begun: now, Partial: p,
		Entry: commit.EntryPlace{Ledger: w.Ledger.Path, Section: pl.Link.ID, Title: d.mask.String(it.Task.Description), Task: entryName(w, it), Style: w.Config.AttemptStyle()}}
	if w.Git != nil {
		if in.Branch, err = w.Git.Branch(ctx); err != nil {
			return err
		}
	}
	if d.before != nil {
		in.Log = rel + "/" + file + ".log" // so that a recovery ends what it started
	}
	open, err := store.Begin(in)
	if err != nil {
		return err
	}
	if d.before != nil {
		if err := d.before(ctx, rel, &p, open, note); err != nil {
			return errors.Join(err, open.Abandon(), os.RemoveAll(w.Abs(rel)), evidence.RemoveEmpty(w.Root, rel))
		}
		ctx = context.WithoutCancel(ctx) // Ctrl-C leaves a record
	}
	var refused error
	out, err := open.Commit(ctx, writing(w), func() (*commit.Change, *manifest.Statement, error) {
		fresh, err := d.e.Open(ctx)
		if err != nil {
			return nil, nil, err
		}
		ticks, err := judge(ctx, fresh, &p)
		if err != nil {
			refused = err
			return nil, nil, err
		}
		entry := ledger.Entry{Task: entryName(fresh, it), Title: it.Task.Description, Detail: p.Decided()}
		return change(fresh, it, &p, ticks, entry, rel, d.mask)
	})
	d.task.Outcome, d.task.Predicate = out, &p
	// Nothing was written. What ran before stays for a recovery, unless it is refused.
	if err != nil && open.Change == nil && (refused != nil || d.before == nil) {
		return errors.Join(err, open.Abandon(), evidence.RemoveEmpty(w.Root, rel))
	}
	if err != nil && open.Change == nil {
		// The workspace may be another branch's by now: what is kept speaks of the one that was read.
		c, st, e := change(w, it, &p, nil, ledger.Entry{Task: entryName(w, it), Title: it.Task.Description, Detail: p.Decided()}, rel, d.mask)
		if p.Attempt = 0; e == nil {
			e = open.Keep(c, st.Predicate)
		}
		err = errors.Join(err, e)
	}
	return d.conclude(err)
}

// item is the task decided about; for a phase a stand-in that carries its title.
func (d *decision) item(w *workspace.Workspace, pl *workspace.Plan, ph *plan.Phase) *workspace.Item {
	if d.id != "" {
		if it := (key{pl.Path, d.id}).in(w); it != nil {
			return it
		}
	}
	return &workspace.Item{Plan: pl, Phase: ph, Task: &plan.Task{Description: ph.Title, Phase: ph}}
}

func entryName(w *workspace.Workspace, it *workspace.Item) string {
	if it.Task.ID == "" {
		return "Phase " + it.Phase.ID
	}
	return it.EntryName(w)
}

func (d *decision) conclude(err error) error {
	t := d.task
	var conflict *commit.ConflictError
	var waits commit.Waiting
	switch {
	case errors.As(err, &waits):
		t.Status, t.Err, t.Reason, t.Help = Conflict, err, unrecorded(err), waits.Help()
		return nil
	case errors.As(err, &conflict):
		t.Status, t.Err, t.Reason = Conflict, err, "recorded, but not ticked: "+conflict.Error()
		return nil
	case err != nil:
		return err
	case t.Predicate.Result == manifest.Fail:
		t.Status, t.Reason = Failed, t.Predicate.Reason
	default:
		t.Status = Passed
	}
	return nil
}

func (d *decision) facts(w *workspace.Workspace) criteria.Facts {
	return criteria.Facts{Root: w.Root, Env: func(name string) (string, bool) {
		v, ok := lookup(d.e.Environ, name)
		return d.mask.String(v), ok
	}}
}
