package report

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// StatusOf gathers where plans stand, beside what runs now and what waits for recover. An error is ctx's: what tasks depend on
// is read for it.
func StatusOf(ctx context.Context, w *workspace.Workspace, plans []*workspace.Plan, running []Running, left []Left) (StatusView, error) {
	v := StatusView{Schema: "planctl/status/v1", Plans: []PlanStatus{}, Running: append([]Running{}, running...), Open: []string{}, Left: append([]Left{}, left...)}
	for _, l := range left {
		v.Open = append(v.Open, l.Task)
	}
	next := schedule.Next(w)
	for _, pl := range plans {
		v.Plans = append(v.Plans, planOf(ctx, w, pl, next))
	}
	return v, ctx.Err()
}

func planOf(ctx context.Context, w *workspace.Workspace, pl *workspace.Plan, next []*workspace.Item) PlanStatus {
	s := PlanStatus{Path: pl.Path, Initiative: pl.Link.ID, Title: pl.Doc.Title, Archived: pl.Archived, Doubt: pl.Link.Doubt, Next: []string{}}
	if pl.Archived {
		s.Doubt = ""
	}
	for _, ph := range pl.Doc.Phases {
		one := phaseOf(ctx, w, pl, ph)
		s.Tally.Add(one.Tally)
		s.Phases = append(s.Phases, one)
	}
	for _, it := range next {
		if it.Plan == pl && len(s.Next) < 5 && !pl.SpecsUnread() { // run refuses the whole plan
			s.Next = append(s.Next, it.Name(w))
		}
	}
	s.Unread = pl.SpecsUnread()
	s.Ledger, s.Drift = drift(w, pl, s)
	return s
}

// drift says where the plan and the ledger's word for the initiative disagree.
func drift(w *workspace.Workspace, pl *workspace.Plan, s PlanStatus) (word, says string) {
	if w.Ledger.Missing() || s.Doubt != "" {
		return "", ""
	}
	// A section that is not there, or is there twice, is a doubt or a finding already.
	section, err := w.Ledger.Doc.Section(pl.Link.ID)
	if err != nil || section.Status == "" {
		return "", ""
	}
	return section.Status, schedule.Drift(w, pl, section.Status)
}

func phaseOf(ctx context.Context, w *workspace.Workspace, pl *workspace.Plan, ph *plan.Phase) PhaseStatus {
	s := PhaseStatus{ID: ph.ID, Title: ph.Title, Line: ph.Line, Rows: []RowStatus{}}
	for _, it := range pl.Rows(ph) {
		r := rowOf(ctx, w, it)
		s.Tally.Add(count(it, r))
		s.Rows = append(s.Rows, r)
	}
	if s.Tally.closed() == s.Tally.Total {
		s.Waits = schedule.OpenPhase(w, pl, ph)
		return s
	}
	var waits []string
	pre := pl.Prereqs(w, ph)
	for _, dep := range pre.Items {
		if schedule.IsOpen(dep.Task) {
			waits = append(waits, fmt.Sprintf("%s (%s)", dep.Task.ID, dep.Task.State))
		}
	}
	for _, g := range pre.Phases {
		if why := schedule.OpenPhase(w, g.Plan, g.Phase); why != "" {
			waits = append(waits, fmt.Sprintf("phase %s (%s)", g.Phase.ID, why))
		}
	}
	s.Waits = strings.Join(waits, ", ")
	return s
}

// rowOf means nothing when ctx is done.
func rowOf(ctx context.Context, w *workspace.Workspace, it *workspace.Item) RowStatus {
	st := it.Standing(ctx, w)
	r := RowStatus{ID: it.Task.ID, Line: it.Task.Line, State: it.Task.State.String(), Token: it.Task.Token, Title: it.Task.Description,
		Refuted: st.Refuted, Proved: st.Pass != nil && !st.Refuted}
	r.Failed = schedule.IsOpen(it.Task) && st.Newest != nil && st.Newest.Doc.Predicate.Result == manifest.Fail
	if it.Task.State == plan.Done {
		r.Stale, r.Changed = st.Stale, st.Changed
		r.Pins = changedPins(it, st)
	}
	if st.Replay != nil && (st.Newest == st.Replay || st.Replay.Doc.Predicate.Result == manifest.Pass) {
		r.Replay = string(st.Replay.Doc.Predicate.Result)
	}
	sp, _, _ := it.EffectiveSpec()
	if sp == nil || hidden(it) {
		return r
	}
	r.Kind = sp.Kind.String()
	switch {
	case it.Task.State == plan.Done && st.Pass == nil && it.Spec != nil && (sp.Kind == spec.Red || sp.Kind == spec.Green):
		r.Owed = "ticked; no " + sp.Kind.String() + " run stands behind it"
	case it.Task.State != plan.Done || st.Pass == nil:
	case sp.Kind == spec.Green && st.RedOwed:
		r.Owed = "a green without its red " + sp.Red
	case sp.Kind == spec.Green && it.Ran(st.Pass).Doc.Predicate.Red == "" && len(it.Ran(st.Pass).Doc.Predicate.Argv) > 0:
		r.Owed = "a green without a red"
	case sp.Kind == spec.Red && it.RedRun() == nil:
		r.Owed = "a red that no run has shown to fail"
	case sp.Kind == spec.Red && !greenOf(it):
		r.Owed = "a red that waits for its green"
	}
	if schedule.IsOpen(it.Task) {
		for _, g := range schedule.Gates(w, it) {
			r.Waits = append(r.Waits, g.String())
		}
	}
	return r
}

// changedPins is the pins of the run behind a tick that are not as they were.
func changedPins(it *workspace.Item, st workspace.Standing) []string {
	if st.Pass == nil || len(st.Stale) == 0 {
		return nil
	}
	pins := it.Ran(st.Pass).Doc.Predicate.Pins
	return slices.DeleteFunc(slices.Clone(st.Stale), func(s string) bool { _, is := pins[s]; return !is })
}

// greenOf reports whether some green that follows this red is done.
func greenOf(red *workspace.Item) bool {
	return slices.ContainsFunc(red.Plan.Items, func(it *workspace.Item) bool {
		sp, _, _ := it.EffectiveSpec()
		return sp != nil && sp.Kind == spec.Green && it.RedItem() == red && it.Task.State == plan.Done
	})
}

func count(it *workspace.Item, r RowStatus) Tally {
	t := Tally{Total: 1}
	switch it.Task.State {
	case plan.Done:
		t.Done = 1
	case plan.Active:
		t.Active = 1
	case plan.Blocked:
		t.Blocked = 1
	case plan.Skipped:
		t.Skipped = 1
	case plan.Todo:
		t.Todo = 1
	default:
		t.Unknown = 1
	}
	if r.Refuted {
		t.Refuted = 1
	}
	if len(r.Stale) > 0 {
		t.Stale = 1
	}
	return t
}
