package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// MarkOptions are the flags of `mark`.
type MarkOptions struct {
	State string // todo, active, blocked, skipped, done; waived for a phase; invalidated for a pass
	Note  string
	Run   string // digest of the run that was reviewed, or is invalid, or its first hex digits
	Same  bool
}

// MarkError says why a decision was not recorded: criteria that do not hold, a row that cannot be
// edited, a state that is no state.
type MarkError struct {
	Why   string
	Help  string
	Usage bool // the call itself is wrong
}

func (e *MarkError) Error() string { return e.Why }

// Mark records a decision by hand: an attempt with its author, and the row's new state.
func (e *Engine) Mark(ctx context.Context, name string, opt MarkOptions) (*Task, error) {
	w, err := e.Open(ctx)
	if err != nil {
		return nil, err
	}
	if w, err = e.recoverFirst(ctx, w); err != nil {
		return nil, err
	}
	switch opt.State {
	case "waived":
		return e.waive(ctx, w, name, opt)
	case invalidated:
		return e.invalidate(ctx, w, name, opt)
	}
	it, err := w.Find(name)
	if err != nil {
		return nil, err
	}
	if err := check(w, []*workspace.Item{it}); err != nil {
		return nil, err
	}
	to, err := plan.ParseState(opt.State)
	if err != nil {
		return nil, &MarkError{Why: fmt.Sprintf("%q is no state", opt.State), Help: "the states are todo, active, blocked, skipped and done; waived is for a phase, invalidated for a pass that does not count", Usage: true}
	}
	if err := writable(w, []*workspace.Item{it}, true); err != nil {
		return nil, err
	}
	t := e.describe(w, it)
	m := &marking{e: e, opt: opt, to: to, task: t}
	if err := m.refuse(w, it); err != nil {
		return nil, err
	}
	if to == plan.Done {
		gates := slices.DeleteFunc(schedule.Gates(w, it), func(g schedule.Gate) bool { return g.Kind == schedule.Blocked || g.Kind == schedule.Worded })
		if len(gates) > 0 {
			t.Warnings = append(t.Warnings, "marked past what it waits for: "+gateList(gates))
		}
	}
	d := &decision{e: e, plan: it.Plan.Path, id: it.Task.ID, phase: it.Phase.ID, kind: "manual", note: opt.Note, task: t}
	m.d = d
	return t, d.commit(ctx, w, m.judge)
}

func (e *Engine) waive(ctx context.Context, w *workspace.Workspace, name string, opt MarkOptions) (*Task, error) {
	pl, ph, err := w.FindPhase(name)
	if err != nil {
		return nil, err
	}
	if err := Settled(w, pl); err != nil {
		return nil, err
	}
	t := &Task{Plan: pl.Path, Name: "phase " + ph.ID, Title: ph.Title, Phase: ph.ID}
	d := &decision{e: e, plan: pl.Path, phase: ph.ID, kind: "manual", note: opt.Note, task: t}
	return t, d.commit(ctx, w, func(_ context.Context, _ *workspace.Workspace, p *manifest.Predicate) ([]commit.Tick, error) {
		p.Result, p.State = manifest.Decided, opt.State
		return nil, nil
	})
}

// marking is one `mark` of a task.
type marking struct {
	e    *Engine
	opt  MarkOptions
	to   plan.State
	task *Task
	d    *decision
}

// refuse stops a mark that would say nothing or something false, before a directory is made.
func (m *marking) refuse(w *workspace.Workspace, it *workspace.Item) error {
	switch {
	case !it.Task.Editable:
		return &MarkError{Why: fmt.Sprintf("%s:%d: %s", it.Plan.Path, it.Task.Line, it.Task.Problem), Help: "planctl lint " + it.Plan.Path}
	case m.opt.Note == "" && m.opt.Run == "" && !m.opt.Same:
		return &MarkError{Why: "a decision by hand needs its reason", Help: "add --note \"why\"", Usage: true}
	case m.to != plan.Done && (m.opt.Run != "" || m.opt.Same):
		return &MarkError{Why: "--run and --same belong to `mark ID done`", Help: "leave them out, or mark the task done", Usage: true}
	case it.Spec != nil && it.Spec.IsRollup() && m.to == plan.Done:
		return &MarkError{Why: fmt.Sprintf("%s stands for phase %s of %s and is ticked when that is complete", it.Task.ID, it.Spec.Phase, it.Spec.Plan),
			Help: "planctl show " + it.Spec.Plan + "#" + it.Spec.Phase}
	case m.opt.Same && (it.Task.State != plan.Done || it.LastPass() == nil):
		return &MarkError{Why: "--same accepts a reworded row that is done and has a passing attempt; " + it.Task.ID + " has not", Help: "planctl show " + it.Name(w)}
	case it.Task.State == m.to && !m.opt.Same && !it.Refuted() && (m.to != plan.Done || it.LastPass() != nil) && !m.takenBack(it):
		return &MarkError{Why: fmt.Sprintf("%s is %s already", it.Task.ID, m.to), Help: "planctl show " + it.Name(w)}
	}
	return nil
}

// takenBack reports whether somebody took the row's tick with an editor, and no decision says so yet: then the state that
// the row has already is news.
func (m *marking) takenBack(it *workspace.Item) bool {
	pass := it.LastPass()
	if m.to == plan.Done || pass == nil || pass.Item != it {
		return false
	}
	if it.Spec != nil && it.Spec.Review && m.to == plan.Active {
		return false // it waits for its review
	}
	if n := &it.Newest().Doc.Predicate; n.Result == manifest.Decided && n.State == m.to.String() {
		return false
	}
	p := &pass.Doc.Predicate
	return p.Ticked || p.State == plan.Done.String()
}

func (m *marking) judge(ctx context.Context, w *workspace.Workspace, p *manifest.Predicate) ([]commit.Tick, error) {
	it := (key{m.d.plan, m.d.id}).in(w)
	if it == nil {
		return nil, &MarkError{Why: fmt.Sprintf("row %s is gone from %s", m.d.id, m.d.plan), Help: "planctl show " + m.d.plan}
	}
	if err := m.refuse(w, it); err != nil {
		return nil, err
	}
	if sp, from, prose := it.EffectiveSpec(); sp != nil {
		value := sp.Value()
		digest, _ := spec.Digest(value)
		p.Spec = manifest.Spec{Digest: digest, Value: value, From: from, Prose: prose}
	}
	p.State = m.to.String()
	own := commit.Tick{Plan: it.Plan.Path, ID: it.Task.ID, Row: it.Task.RowText(), From: it.Task.Token, To: m.to}
	if m.to != plan.Done {
		p.Result = manifest.Decided
		if last := it.LastPass(); last != nil {
			p.Result = manifest.Reopened
			p.Supersedes = standing(it)
		}
		if it.Task.State == m.to {
			return nil, nil // the token says it already
		}
		return []commit.Tick{own}, nil
	}
	p.Result = manifest.Pass
	p.Ticked = true
	if err := m.review(ctx, w, it, p); err != nil {
		return nil, err
	}
	facts := m.d.facts(w)
	facts.Done = doneIn(w, it)
	if err := judgeByHand(ctx, w, it, p, facts); err != nil {
		return nil, err
	}
	ticks, lost := closePhases(ctx, w, it, p, facts)
	m.d.task.Warnings = append(m.d.task.Warnings, unjudged(lost)...)
	return append([]commit.Tick{own}, ticks...), nil
}

// review ties the decision to the run that was reviewed, or to the row as it read before.
func (m *marking) review(ctx context.Context, w *workspace.Workspace, it *workspace.Item, p *manifest.Predicate) error {
	if m.opt.Run != "" {
		r, err := findRun(it, m.opt.Run)
		if err != nil {
			return err
		}
		if err := reviewed(ctx, w, it, r); err != nil {
			return err
		}
		p.Judged = r.Digest
	}
	if m.opt.Same {
		was := it.LastPass().Doc.Predicate.Task
		note := fmt.Sprintf("the same task reworded; was: %q; is: %q", was.Description, it.Task.Description)
		if p.Note != "" {
			note += "; " + p.Note
		}
		p.Note = note
		p.Judged = it.LastPass().Digest
	}
	return nil
}

// judgeByHand judges what a decision can be held to: the artifacts are there, and the criteria that
// need no run hold.
func judgeByHand(ctx context.Context, w *workspace.Workspace, it *workspace.Item, p *manifest.Predicate, facts criteria.Facts) error {
	sp, _, _ := it.EffectiveSpec()
	if sp == nil {
		return nil
	}
	sp = sp.Expand(p.Stamp)
	files, problems := evidence.Present(ctx, w.Root, sp.Artifacts)
	if len(problems) > 0 {
		return unmarkable(problems, "make the artifact, or take it out of the spec")
	}
	p.Files = files
	if p.Inputs, problems = evidence.Digests(ctx, w.Root, sp.Inputs); len(problems) > 0 {
		return unmarkable(problems, "mend `inputs`, or the files that it names")
	}
	programs, err := compile(sp.Criteria)
	if err != nil {
		return err
	}
	var handy []*criteria.Program
	for _, q := range programs {
		if !q.NeedsRun() {
			handy = append(handy, q)
		}
	}
	var rec criteria.Recorder
	p.Criteria = criteria.Judge(ctx, handy, facts, &rec)
	p.Calls = rec.Calls()
	if err := rec.Lost(); err != nil {
		return err
	}
	if bad := failing(p.Criteria); len(bad) > 0 {
		return &MarkError{Why: "its criteria do not hold: " + firstOf(bad, ""), Help: "planctl check " + it.Task.ID}
	}
	return nil
}

// unmarkable is why a decision cannot be taken: an error of the system, or an interrupt, where one is among the problems,
// since the others may come of it; else the first.
func unmarkable(problems []evidence.Problem, help string) error {
	if err := evidence.Unread(problems); err != nil {
		return err
	}
	return &MarkError{Why: problems[0].Error(), Help: help}
}
