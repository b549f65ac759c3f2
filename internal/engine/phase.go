package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// closing follows one tick through phases and roll-up rows, as it would be once the tick is written.
type closing struct {
	w     *workspace.Workspace
	p     *manifest.Predicate
	facts criteria.Facts
	done  map[key]bool // ticked by this attempt
	ticks []commit.Tick
	lost  error // why a phase could not be judged: the system failed
}

// closePhases judges the phase that the tick of it completes, and ticks the roll-up rows that stand
// for it, which may complete their phases in turn. Verdicts go into the manifest. An error is why there is none on a phase: the
// system failed.
func closePhases(ctx context.Context, w *workspace.Workspace, it *workspace.Item, p *manifest.Predicate, facts criteria.Facts) ([]commit.Tick, error) {
	c := &closing{w: w, p: p, facts: facts, done: map[key]bool{keyOf(it): true}}
	c.facts.Root = w.Root
	c.phase(ctx, it.Plan, it.Phase)
	return c.ticks, c.lost
}

// unjudged is the warning that there is no verdict on a phase.
func unjudged(lost error) []string {
	if lost == nil {
		return nil
	}
	return []string{strings.ReplaceAll(lost.Error(), "\n", "; ")}
}

// judgePhase judges a phase that has no open row, for `run --phase`.
func judgePhase(ctx context.Context, w *workspace.Workspace, pl *workspace.Plan, ph *plan.Phase, p *manifest.Predicate, facts criteria.Facts) ([]commit.Tick, bool, error) {
	c := &closing{w: w, p: p, facts: facts, done: map[key]bool{}}
	c.facts.Root = w.Root
	c.phase(ctx, pl, ph)
	return c.ticks, len(p.Phases) > 0 && p.Phases[0].Pass, c.lost
}

func (c *closing) closed(pl *workspace.Plan, t *plan.Task) bool {
	return !schedule.IsOpen(t) || c.done[key{pl.Path, t.ID}]
}

func (c *closing) phase(ctx context.Context, pl *workspace.Plan, ph *plan.Phase) {
	for _, t := range ph.Tasks {
		if !c.closed(pl, t) {
			return
		}
	}
	v := manifest.PhaseVerdict{Plan: pl.Path, ID: ph.ID, Pass: true}
	if ps := pl.Specs.Phases[ph.ID]; ps != nil {
		programs, err := compile(ps.Criteria)
		if err != nil {
			// lint and the call's own check name it with its place; here it keeps the phase open.
			v.Pass = false
			v.Criteria = []manifest.Criterion{{Expr: "phase " + ph.ID, Error: err.Error()}}
		}
		var rec criteria.Recorder
		facts := c.facts
		facts.Done = c.doneFunc(pl)
		v.Criteria = append(v.Criteria, criteria.Judge(ctx, programs, facts, &rec)...)
		v.Calls = rec.Calls()
		if err := rec.Lost(); err != nil {
			c.lost = errors.Join(c.lost, fmt.Errorf("phase %s was not judged: %w; planctl run --phase %s judges it once that can be read", ph.ID, err, quoted(pl.Path+"#"+ph.ID)))
			return
		}
		v.Pass = v.Pass && !slices.ContainsFunc(v.Criteria, func(k manifest.Criterion) bool { return !k.Pass })
	}
	c.p.Phases = append(c.p.Phases, v)
	if v.Pass {
		c.rollups(ctx, pl, ph)
	}
}

func (c *closing) doneFunc(pl *workspace.Plan) func(string) (bool, error) {
	return func(id string) (bool, error) {
		if c.done[key{pl.Path, id}] {
			return true, nil
		}
		for _, it := range pl.Items {
			if it.Task.ID == id {
				return it.Task.State == plan.Done && !it.Refuted(), nil
			}
		}
		it, err := c.w.Find(id)
		if err != nil {
			return false, err
		}
		return it.Task.State == plan.Done && !it.Refuted(), nil
	}
}

// rollups ticks the rows, in any plan, that are done when this phase is complete.
func (c *closing) rollups(ctx context.Context, pl *workspace.Plan, ph *plan.Phase) {
	for _, q := range c.w.Plans {
		for _, it := range q.Items {
			if it.Spec == nil || !it.Spec.IsRollup() || it.Spec.Phase != ph.ID || c.closed(q, it.Task) || !it.Task.Editable {
				continue
			}
			if it.Task.State == plan.Blocked {
				continue // a person said so; its roll-up waits for them
			}
			target, err := RollupTarget(c.w, it)
			if err != nil || target != pl {
				continue // a plan that is not there is a finding of lint
			}
			c.ticks = append(c.ticks, commit.Tick{Plan: q.Path, ID: it.Task.ID, Row: it.Task.RowText(), From: it.Task.Token, To: plan.Done, Roll: true})
			c.done[keyOf(it)] = true
			c.phase(ctx, q, it.Phase)
		}
	}
}

// RollupTarget is the plan whose phase a roll-up row stands for.
func RollupTarget(w *workspace.Workspace, it *workspace.Item) (*workspace.Plan, error) {
	if it.Spec.Plan == "" {
		return it.Plan, nil
	}
	return w.FindPlan(it.Spec.Plan)
}

// phaseSafe checks that a phase's own criteria look at nothing that only a run has.
func phaseSafe(pl *workspace.Plan, ph *plan.Phase) finding.List {
	ps := pl.Specs.Phases[ph.ID]
	if ps == nil {
		return nil
	}
	return PhaseCriteria(ps.Criteria)
}
