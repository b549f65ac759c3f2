package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/replay"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/workspace"
)

// Run runs what the selection names and reports on each task, in the order in which they ended. An
// error is one of the whole call, before anything started; what happened to a task is in its Task.
func (e *Engine) Run(ctx context.Context, sel Selection, opt RunOptions) ([]*Task, error) {
	w, err := e.Open(ctx)
	if err != nil {
		return nil, err
	}
	if w, err = e.recoverFirst(ctx, w); err != nil {
		return nil, err
	}
	items, phase, err := pick(w, sel)
	if err != nil {
		return nil, err
	}
	if err := check(w, items); err != nil {
		return nil, err
	}
	if err := writable(w, items, !opt.NoTick); err != nil {
		return nil, err
	}
	if len(items) == 0 && phase != nil {
		t, err := e.runPhase(ctx, w, phase, opt)
		if err != nil {
			return nil, err
		}
		e.emit(Event{Kind: Finished, Task: t})
		return []*Task{t}, nil
	}
	l := &loop{e: e, w: w, opt: opt, call: &call{began: e.Now(), dirs: map[string]evidence.Dir{}, opt: opt, note: commit.NewStore(w.Root, w.Git).Note()}, named: len(sel.Names) > 0,
		state: map[key]progress{}}
	for _, it := range items {
		l.order = append(l.order, keyOf(it))
	}
	l.call.tasks = l.order
	err = l.run(ctx)
	l.rest()
	return l.out, errors.Join(err, l.summaries(ctx), l.call.note.Close())
}

// Recover finishes what a crash left and gives the workspace as it is then. here takes what was made on a branch that is gone
// for the one that is checked out.
func (e *Engine) Recover(ctx context.Context, w *workspace.Workspace, here bool) (*workspace.Workspace, error) {
	store := e.store(w)
	store.Here = here
	rs, err := store.Recover(ctx, e.recovering(ctx, w), e.Now())
	err = errors.Join(err, e.recovered(rs))
	if err != nil || len(rs) == 0 {
		return w, err
	}
	return e.Open(ctx)
}

// store is that of a workspace, with what a recovery needs.
func (e *Engine) store(w *workspace.Workspace) *commit.Store {
	s := commit.NewStore(w.Root, w.Git)
	s.End = e.End
	return s
}

// recovered shows what a recovery did, and takes away the throwaway directories of what it ended.
func (e *Engine) recovered(rs []commit.Recovered) (err error) {
	for i := range rs {
		if rs[i].Scratch != "" {
			err = errors.Join(err, replay.Remove(rs[i].Scratch))
		}
		e.emit(Event{Kind: Recovered, Recovered: &rs[i]})
	}
	return err
}

// recoverFirst is Recover before a run or a decision. What cannot be finished is said, and holds nobody else up: the
// intent stays for `planctl recover`.
func (e *Engine) recoverFirst(ctx context.Context, w *workspace.Workspace) (*workspace.Workspace, error) {
	fresh, err := e.Recover(ctx, w, false)
	var one *commit.RecoverError
	if !errors.As(err, &one) || ctx.Err() != nil {
		return fresh, err
	}
	e.emit(Event{Kind: Warned, Text: strings.ReplaceAll(err.Error(), "\n", "; ") + "; planctl recover tries again"})
	return e.Open(ctx)
}

type progress uint8

const (
	waiting progress = iota
	running
	passed
	notPassed
)

// loop runs tasks, up to opt.Jobs at once, in table order as far as their gates allow.
type loop struct {
	e     *Engine
	w     *workspace.Workspace
	opt   RunOptions
	call  *call
	named bool // the tasks were named one by one
	order []key
	state map[key]progress
	out   []*Task
	stop  bool
}

func (l *loop) run(ctx context.Context) error {
	ended := make(chan *Task)
	active := 0
	for {
		for !l.stop && ctx.Err() == nil && active < max(1, l.opt.Jobs) {
			it, gates := l.choose(active)
			if it == nil {
				break
			}
			t, lock, ok := l.admit(ctx, it, gates)
			if !ok {
				l.finish(t)
				continue
			}
			l.state[keyOf(it)] = running
			active++
			w := l.w
			go func() {
				l.e.execute(ctx, w, t.item, l.call, t.Task, t.tick)
				if err := lock.Release(); err != nil && t.Err == nil {
					t.Status, t.Err, t.Reason = Trouble, err, err.Error()
				}
				ended <- t.Task
			}()
		}
		if active == 0 {
			break
		}
		t := <-ended
		active--
		l.finish(admitted{Task: t})
		// What the run made, its tick and people's edits meanwhile decide what comes next.
		w, err := l.e.Open(context.WithoutCancel(ctx))
		if err != nil {
			l.stop = true
			if active == 0 {
				return err
			}
			continue
		}
		l.w = w
	}
	for _, k := range l.order {
		if ctx.Err() != nil && l.state[k] == waiting {
			return ctx.Err() // also where what had started was done before the interrupt reached it
		}
	}
	return nil
}

// choose is the next task to try: the first in order that nothing holds. One that waits only for
// tasks of this call that are still to come is passed over for now.
func (l *loop) choose(active int) (*workspace.Item, []schedule.Gate) {
	var held *workspace.Item
	var heldGates []schedule.Gate
	for _, k := range l.order {
		if l.state[k] != waiting {
			continue
		}
		it := k.in(l.w)
		if it == nil {
			l.finish(admitted{Task: &Task{Plan: k.plan, ID: k.id, Name: k.id, Status: Invalid, Reason: "the row is gone from its plan", Help: "planctl show " + k.plan}})
			continue
		}
		gates := schedule.Gates(l.w, it)
		if len(gates) == 0 || l.opt.Force {
			return it, gates
		}
		if l.hopeful(gates, k) {
			if held == nil {
				held, heldGates = it, gates
			}
			continue
		}
		return it, gates
	}
	if active == 0 {
		return held, heldGates // nothing can lift its gates any more
	}
	return nil, nil
}

// hopeful reports whether tasks of this call that are still to come can lift every gate.
func (l *loop) hopeful(gates []schedule.Gate, self key) bool {
	pending := func(k key) bool {
		s, ok := l.state[k]
		return slices.Contains(l.order, k) && k != self && (!ok || s == waiting || s == running)
	}
	for _, g := range gates {
		switch {
		case g.Item != nil:
			if !pending(keyOf(g.Item)) {
				return false
			}
		case g.Kind == schedule.Prereq:
			if !slices.ContainsFunc(l.order, func(k key) bool {
				it := k.in(l.w)
				return it != nil && it.Phase.ID == g.Name && pending(k)
			}) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// rest says which tasks the call did not come to.
func (l *loop) rest() {
	var names []string
	for _, k := range l.order {
		if l.state[k] != waiting {
			continue
		}
		if it := k.in(l.w); it != nil {
			name := it.Name(l.w)
			if gates := schedule.Gates(l.w, it); len(gates) > 0 {
				name += " waits for " + gateList(gates)
			}
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		more := ""
		if len(names) > 10 {
			names, more = names[:10], fmt.Sprintf(" and %d more", len(names)-10)
		}
		l.e.emit(Event{Kind: Warned, Text: "not started: " + strings.Join(names, "; ") + more})
	}
}

func (l *loop) finish(a admitted) {
	t := a.Task
	l.out = append(l.out, t)
	ok := t.Status == Passed || t.Status == Current || t.Status == Rolled
	if ok {
		l.state[key{t.Plan, t.ID}] = passed
	} else {
		l.state[key{t.Plan, t.ID}] = notPassed
		var moved *commit.BranchError // what was asked for was asked for on the branch that was there
		l.stop = l.stop || !l.opt.KeepGoing || t.Status == Interrupted || errors.As(t.Err, &moved)
	}
	l.e.emit(Event{Kind: Finished, Task: t})
}

// runPhase judges a phase that has no open row again, as an attempt of kind phase.
func (e *Engine) runPhase(ctx context.Context, w *workspace.Workspace, ref *phaseRef, opt RunOptions) (*Task, error) {
	if err := Settled(w, ref.plan); err != nil {
		return nil, err
	}
	t := &Task{Plan: ref.plan.Path, ID: "", Name: "phase " + ref.phase.ID, Title: ref.phase.Title, Phase: ref.phase.ID, Status: Current}
	ps := ref.plan.Specs.Phases[ref.phase.ID]
	if (ps == nil || len(ps.Criteria) == 0) && len(openRollups(w, ref)) == 0 {
		t.Reason = "complete: no open row, and the phase has no criteria of its own"
		return t, nil
	}
	if fs := phaseSafe(ref.plan, ref.phase); len(fs) > 0 {
		return nil, &InvalidError{fs}
	}
	d := &decision{e: e, plan: ref.plan.Path, phase: ref.phase.ID, note: opt.Note, task: t, kind: manifest.KindPhase}
	err := d.commit(ctx, w, func(ctx context.Context, w *workspace.Workspace, p *manifest.Predicate) ([]commit.Tick, error) {
		pl, ph, err := w.FindPhase(ref.plan.Path + "#" + ref.phase.ID)
		if err != nil {
			return nil, err
		}
		ticks, ok, err := judgePhase(ctx, w, pl, ph, p, d.facts(w))
		if err != nil {
			return nil, err
		}
		p.Result = manifest.Pass
		if !ok {
			p.Result = manifest.Fail
			if len(p.Phases) > 0 {
				p.Reason = firstOf(failing(p.Phases[0].Criteria), "a row is open again")
			}
		}
		return ticks, nil
	})
	return t, err
}

// openRollups is the rows that wait for a phase and are not ticked.
func openRollups(w *workspace.Workspace, ref *phaseRef) []*workspace.Item {
	var out []*workspace.Item
	for _, q := range w.Plans {
		for _, it := range q.Items {
			if it.Spec != nil && it.Spec.IsRollup() && it.Spec.Phase == ref.phase.ID && schedule.IsOpen(it.Task) {
				if target, err := RollupTarget(w, it); err == nil && target == ref.plan {
					out = append(out, it)
				}
			}
		}
	}
	return out
}
