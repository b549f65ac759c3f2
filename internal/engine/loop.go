package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/replay"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
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
	l := &loop{e: e, w: w, opt: opt, call: &call{began: e.Now(), dirs: map[string]evidence.Dir{}, opt: opt}, named: len(sel.Names) > 0,
		state: map[key]progress{}}
	for _, it := range items {
		l.order = append(l.order, keyOf(it))
	}
	l.call.tasks = l.order
	err = l.run(ctx)
	l.rest()
	return l.out, errors.Join(err, l.summaries(ctx))
}

// Recover finishes what a crash left and gives the workspace as it is then.
func (e *Engine) Recover(ctx context.Context, w *workspace.Workspace) (*workspace.Workspace, error) {
	rs, err := commit.NewStore(w.Root, w.Git).Recover(ctx, writing(w), e.Now())
	for i := range rs {
		if rs[i].Scratch != "" {
			err = errors.Join(err, replay.Remove(rs[i].Scratch))
		}
		e.emit(Event{Kind: Recovered, Recovered: &rs[i]})
	}
	if err != nil || len(rs) == 0 {
		return w, err
	}
	return e.Open(ctx)
}

// recoverFirst is Recover before a run or a decision. What cannot be finished is said, and holds nobody else up: the
// intent stays for `planctl recover`.
func (e *Engine) recoverFirst(ctx context.Context, w *workspace.Workspace) (*workspace.Workspace, error) {
	fresh, err := e.Recover(ctx, w)
	var one *commit.RecoverError
	if !errors.As(err, &one) {
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
			tick := t.tick
			go func() {
				l.e.execute(ctx, w, it, l.call, t.Task, tick)
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

type admitted struct {
	*Task
	tick bool
}

// admit decides whether a task is executed; the Task says why not.
func (l *loop) admit(ctx context.Context, it *workspace.Item, gates []schedule.Gate) (admitted, *commit.Lock, bool) {
	t := l.e.describe(l.w, it)
	a := admitted{Task: t, tick: !l.opt.NoTick}
	refuse := func(s Status, reason, help string) (admitted, *commit.Lock, bool) {
		t.Status, t.Reason, t.Help = s, reason, help
		return a, nil, false
	}
	sp, _, prose := it.EffectiveSpec()
	standing := it.Standing(l.w)
	switch {
	case it.Spec != nil && it.Spec.IsRollup():
		return refuse(Rolled, fmt.Sprintf("it is ticked when phase %s of %s is complete", it.Spec.Phase, it.Spec.Plan),
			"planctl run --phase "+it.Spec.Plan+"#"+it.Spec.Phase)
	case !it.Task.Editable:
		return refuse(Invalid, it.Task.Problem, "planctl lint "+it.Plan.Path)
	case it.Task.Struck && !l.opt.Force:
		return refuse(Refused, "the row is struck out", "planctl mark "+t.Name+" skipped --note \"…\", or --force")
	case it.Task.State == plan.Skipped && !l.opt.Force:
		return refuse(Refused, "the row is skipped", "planctl mark "+t.Name+" todo --note \"…\", or --force")
	case it.Task.State == plan.Done && standing.Fresh && !l.opt.Force:
		if manual, _ := isManual(it); manual {
			return refuse(Current, "a person ticked it", "")
		}
		t.Warnings = append(t.Warnings, altered(l.w, it.Ran(standing.Pass))...)
		return refuse(Current, "nothing that it depends on has changed since", "--force runs it again")
	}
	if manual, why := isManual(it); manual {
		return refuse(Manual, why, manualHelp(t.Name, sp != nil))
	}
	t.Gates = gates
	if len(gates) > 0 && !l.opt.Force {
		if blocked(gates) {
			return refuse(Refused, "the row is marked blocked", "planctl mark "+t.Name+" todo --note \"…\", or --force (the attempt will say so)")
		}
		return refuse(Refused, "it waits for "+gateList(gates), "run what it waits for first, or --force (the attempt will say so)")
	}
	if prose {
		approval, err := l.approve(ctx, it)
		if errors.Is(err, context.Canceled) {
			return refuse(Interrupted, "interrupted before it started; nothing was run", "")
		}
		if err != nil {
			t.Err = err
			return refuse(Trouble, err.Error(), "")
		}
		switch approval {
		case RunOnly:
			a.tick = false
		case No:
			if why := notReady(it); why != "" {
				return refuse(Declined, "its text cannot be run: "+why, "write its command as `run:` in a `yaml planctl` block; planctl show "+t.Name+" shows what was found")
			}
			return refuse(Declined, "its command stands only in prose and was not approved", "--yes runs it and ticks, --yes --no-tick only runs it; planctl bind "+t.Name+" --write makes it a spec")
		}
	}
	if _, err := l.e.Executor(executorName(l.w, sp)); err != nil {
		t.Err = err
		return refuse(Trouble, err.Error(), "this planctl runs tasks with `executor: local`")
	}
	if f := l.e.published(l.w, it); f != nil {
		t.Findings, t.Err = finding.List{*f}, &InvalidError{finding.List{*f}}
		return refuse(Invalid, f.Message, "") // the finding has the way out
	}
	if problem := unsafePhase(it); problem != nil {
		t.Findings, t.Err = problem, &InvalidError{problem}
		return refuse(Invalid, problem[0].Message, "")
	}
	lock, err := commit.NewStore(l.w.Root, l.w.Git).LockTask(keyOf(it).String(), "run "+t.Name)
	var held *commit.HeldError
	switch {
	case errors.As(err, &held):
		t.Err = err
		return refuse(Locked, held.Error(), "wait for it, or end that process; a lock does not outlive its process")
	case err != nil:
		t.Err = err
		return refuse(Trouble, err.Error(), "")
	}
	return l.again(ctx, it, a, lock)
}

// again looks once more under the task's lock: another process may have just done it.
func (l *loop) again(ctx context.Context, it *workspace.Item, a admitted, lock *commit.Lock) (admitted, *commit.Lock, bool) {
	w, err := l.e.Open(ctx)
	if err != nil {
		a.Status, a.Err, a.Reason = Trouble, errors.Join(err, lock.Release()), err.Error()
		return a, nil, false
	}
	now := keyOf(it).in(w)
	if now == nil || now.Task.State != plan.Done || it.Task.State == plan.Done || l.opt.Force || !now.Standing(w).Fresh {
		return a, lock, true
	}
	a.Status, a.Reason, a.Help = Current, "another process has just done it", "--force runs it again"
	if err := lock.Release(); err != nil {
		a.Status, a.Err, a.Reason = Trouble, err, err.Error()
	}
	return a, nil, false
}

func (l *loop) approve(ctx context.Context, it *workspace.Item) (Approval, error) {
	sp, _, _ := it.EffectiveSpec()
	p := Proposal{Task: it.Name(l.w), Title: it.Task.Description, Command: sp.Run, Kind: sp.Kind, NoRed: sp.Kind == spec.Green && it.RedItem() == nil, Log: sp.Log, Dir: sp.Dir, Why: notReady(it)}
	if s := it.Found(); s != nil {
		p.Where, p.Source, p.Others = fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Col), s.Source, s.Others
	}
	for _, k := range sortedKeys(sp.Env) {
		if v := sp.Env[k]; v != nil {
			p.Env = append(p.Env, k+"="+*v)
		} else {
			p.Env = append(p.Env, k+" (unset)")
		}
	}
	if l.e.Approve == nil {
		return No, nil
	}
	a, err := l.e.Approve(ctx, p)
	if p.Why != "" {
		a = No
	}
	return a, err
}

// notReady says why a command found in prose cannot be run, "" where it can once somebody has approved
// it. The text that was found has to be the command that would run, and nothing around it may make bash
// or the loader run something else first.
func notReady(it *workspace.Item) string {
	sp, _, _ := it.EffectiveSpec()
	s := it.Found()
	switch {
	case sp == nil || s == nil:
		return "the text that it comes from is not there"
	case !s.Runnable:
		return s.Why
	case sp.Run != s.Run:
		return "the command that would run is not the one that was found"
	}
	for _, k := range sortedKeys(sp.Env) {
		if takesOver(k) && sp.Env[k] != nil {
			return "its spec sets " + k + ", which makes the shell run more than the command that is shown"
		}
	}
	return ""
}

// takesOver names the variables by which a shell or the dynamic loader runs code before or instead of a command.
func takesOver(name string) bool {
	switch name {
	case "BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS", "PS4", "PROMPT_COMMAND", "IFS", "PATH":
		return true
	}
	return strings.HasPrefix(name, "BASH_FUNC_") || strings.HasPrefix(name, "LD_") || strings.HasPrefix(name, "DYLD_")
}

func (l *loop) finish(a admitted) {
	t := a.Task
	l.out = append(l.out, t)
	ok := t.Status == Passed || t.Status == Current || t.Status == Rolled
	if ok {
		l.state[key{t.Plan, t.ID}] = passed
	} else {
		l.state[key{t.Plan, t.ID}] = notPassed
		l.stop = l.stop || !l.opt.KeepGoing || t.Status == Interrupted
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
	err := d.commit(ctx, w, func(w *workspace.Workspace, p *manifest.Predicate) ([]commit.Tick, error) {
		pl, ph, err := w.FindPhase(ref.plan.Path + "#" + ref.phase.ID)
		if err != nil {
			return nil, err
		}
		ticks, ok := judgePhase(w, pl, ph, p, d.facts(w))
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
