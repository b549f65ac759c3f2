package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// notBegun is the reason of a task of which nothing was started, nor recorded.
const notBegun = "interrupted before it started; nothing was run"

type admitted struct {
	*Task
	item *workspace.Item // as it was read under the task's lock
	tick bool
}

// admit decides whether a task is executed; the Task says why not. With a yes comes the task's lock, and l.w is what was
// read under it.
func (l *loop) admit(ctx context.Context, it *workspace.Item, gates []schedule.Gate) (admitted, *commit.Lock, bool) {
	a := admitted{Task: l.e.describe(l.w, it), item: it, tick: !l.opt.NoTick}
	refuse := func(s Status, reason, help string) (admitted, *commit.Lock, bool) {
		a.Status, a.Reason, a.Help = s, reason, help
		return a, nil, false
	}
	if !l.stands(ctx, a.Task, it, gates) || !provable(ctx, l.w, l.call.git(l.w), it, l.opt.AcceptPins, a.Task) {
		return a, nil, false
	}
	a.Altered = l.e.altered(ctx, l.w, it)
	if inProse(it) {
		approval, err := l.approve(ctx, it, a.Altered)
		if errors.Is(err, context.Canceled) {
			return refuse(Interrupted, notBegun, "")
		}
		if err != nil {
			a.Err = err
			return refuse(Trouble, err.Error(), "")
		}
		switch approval {
		case RunOnly:
			a.tick = false
		case No:
			if why := notReady(it); why != "" {
				return refuse(Declined, "its text cannot be run: "+why, "write its command as `run:` in a `yaml planctl` block; planctl show "+a.Name+" shows what was found")
			}
			return refuse(Declined, "its command stands only in prose and was not approved", "--yes runs it and ticks, --yes --no-tick only runs it; planctl bind "+a.Name+" --write makes it a spec")
		}
	}
	lock, err := commit.NewStore(l.w.Root, l.w.Git).LockTask(keyOf(it).String(), "run "+a.Name)
	var held *commit.HeldError
	switch {
	case errors.As(err, &held):
		a.Err = err
		return refuse(Locked, held.Error(), "wait for it, or end that process; a lock does not outlive its process")
	case err != nil:
		a.Err = err
		return refuse(Trouble, err.Error(), "")
	}
	if l.again(ctx, &a) {
		return a, lock, true
	}
	if err := lock.Release(); err != nil {
		a.Status, a.Err, a.Reason = Trouble, errors.Join(a.Err, err), err.Error()
	}
	return a, nil, false
}

// stands decides, from what the workspace says and nothing else, whether a task is executed; the Task says why not.
func (l *loop) stands(ctx context.Context, t *Task, it *workspace.Item, gates []schedule.Gate) bool {
	refuse := func(s Status, reason, help string) bool {
		t.Status, t.Reason, t.Help = s, reason, help
		return false
	}
	sp, _, _ := it.EffectiveSpec()
	standing := it.Standing(ctx, l.w)
	if ctx.Err() != nil {
		return refuse(Interrupted, notBegun, "")
	}
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
		t.Warnings = append(t.Warnings, altered(ctx, l.w, it.Ran(standing.Pass))...)
		if ctx.Err() != nil {
			return refuse(Interrupted, notBegun, "")
		}
		return refuse(Current, "nothing that it depends on has changed since", "--force runs it again")
	}
	if manual, why := isManual(it); manual {
		return refuse(Manual, why, manualHelp(t.Name, it))
	}
	t.Gates = gates
	if len(gates) > 0 && !l.opt.Force {
		if blocked(gates) {
			return refuse(Refused, "the row is marked blocked", "planctl mark "+t.Name+" todo --note \"…\", or --force (the attempt will say so)")
		}
		if len(gates) == 1 && gates[0].Kind == schedule.Worded {
			return refuse(Refused, gates[0].Why, "take the word out of the State cell when it holds no more, or --force (the attempt will say so)")
		}
		if len(gates) == 1 && gates[0].Kind == schedule.Shelved {
			return refuse(Refused, gates[0].Why, "take those words away when they hold no more, or --force (the attempt will say so)")
		}
		return refuse(Refused, "it waits for "+gateList(gates), waitHelp(l.w, t.Name, gates))
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
	return true
}

// waitHelp is the way out of gates. A red that a person ticked is done and fresh, so that its run has to be asked for.
func waitHelp(w *workspace.Workspace, name string, gates []schedule.Gate) string {
	for _, g := range gates {
		if g.Kind == schedule.RedFirst && g.Item.Task.State == plan.Done {
			return "planctl run " + quoted(g.Item.Name(w)) + " --force shows the failure; or decide it by hand, which verify will speak of: planctl mark " + quoted(name) + " done --note \"…\""
		}
	}
	return "run what it waits for first, or --force (the attempt will say so)"
}

// again asks once more under the task's lock: until it was taken another process may have done the task, failed at it, or
// died at it, and a person may have edited its row. What is executed is what is read now.
func (l *loop) again(ctx context.Context, a *admitted) bool {
	trouble := func(err error) bool {
		if errors.Is(err, context.Canceled) {
			a.Status, a.Reason, a.Help = Interrupted, notBegun, ""
			return false
		}
		a.Status, a.Err, a.Reason = Trouble, err, err.Error()
		return false
	}
	was := keyOf(a.item)
	rs, err := l.e.store(l.w).RecoverTask(ctx, l.e.recovering(ctx, l.w), was.String(), l.e.Now())
	err = errors.Join(err, l.e.recovered(rs))
	if err != nil {
		a.Help = "planctl recover finishes what an earlier run left"
		return trouble(err)
	}
	w, err := l.e.Open(ctx)
	if err != nil {
		return trouble(err)
	}
	now := was.in(w)
	if now == nil {
		a.Status, a.Reason, a.Help = Invalid, "the row is gone from its plan", "planctl show "+was.plan
		return false
	}
	if prose := inProse(a.item); prose != inProse(now) || prose && command(now) != command(a.item) {
		a.Status, a.Reason, a.Help = Conflict, "its command was changed since it was approved; nothing was run", "planctl run "+quoted(a.Name)+" shows it and asks again"
		return false
	}
	l.w, a.item, a.Task = w, now, l.e.describe(w, now)
	a.Altered = l.e.altered(ctx, w, now)
	if l.stands(ctx, a.Task, now, schedule.Gates(w, now)) && provable(ctx, w, l.call.git(w), now, l.opt.AcceptPins, a.Task) {
		err := check(w, []*workspace.Item{now})
		var invalid *InvalidError
		if errors.As(err, &invalid) {
			a.Status, a.Err, a.Reason, a.Findings = Invalid, err, err.Error(), invalid.Findings
			return false
		}
		return err == nil || trouble(err)
	}
	if a.Status == Current {
		a.Reason = "another process has just done it"
	}
	return false
}

func inProse(it *workspace.Item) bool {
	_, _, prose := it.EffectiveSpec()
	return prose
}

// command is what was approved of a task.
func command(it *workspace.Item) string {
	sp, _, _ := it.EffectiveSpec()
	if sp == nil {
		return ""
	}
	digest, _ := spec.Digest(sp.Value())
	return digest
}

func (l *loop) approve(ctx context.Context, it *workspace.Item, altered *Altered) (Approval, error) {
	sp, _, _ := it.EffectiveSpec()
	p := Proposal{Task: it.Name(l.w), Title: it.Task.Description, Command: sp.Run, Kind: sp.Kind, NoRed: sp.Kind == spec.Green && it.RedItem() == nil, Log: sp.Log, Dir: sp.Dir, Why: notReady(it)}
	p.Altered = altered
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
