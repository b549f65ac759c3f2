package report

import (
	"context"

	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// Next shows one task that can run now.
func Next(p *Printer, w *workspace.Workspace, it *workspace.Item) {
	sp, from, prose := it.EffectiveSpec()
	what := "by hand"
	switch {
	case hidden(it):
		what = unreadSpecs
	case sp == nil:
	case sp.Run == "":
		what = sp.Kind.String()
	case prose && it.Found() != nil && !it.Found().Runnable:
		what = "prose that cannot be run as it is"
	case prose:
		what = sp.Kind.String() + " from prose"
	default:
		what = sp.Kind.String()
	}
	begun := ""
	if it.Task.State == plan.Active {
		begun = p.Paint(Warn, "begun  ")
	}
	title := Clean(it.Task.Description)
	if p.TTY {
		title = Cut(title, 80)
	}
	p.Printf("%s  %s%s  %s\n", p.Paint(Strong, Clean(it.Name(w))), begun, title, p.Paint(Faint, "("+what+"; "+Clean(it.Plan.Path)+":"+itoa(it.Task.Line)+")"))
	if p.TTY && sp != nil && sp.Run != "" && from != "" {
		p.Printf("    %s\n", p.Paint(Faint, "$ "+Cut(oneLine(sp.Run), 100)))
	}
}

// unreadSpecs is said instead of how a row is done where nobody knows it.
const unreadSpecs = "its specs cannot be read: planctl lint"

// hidden reports whether the row may have a spec that could not be read: what its text says of a command is not to be believed.
func hidden(it *workspace.Item) bool { return it.Spec == nil && it.Plan.SpecsUnread() }

// NextJSON is one task that can run now, as JSON; left says that a run of it waits for recover.
func NextJSON(w *workspace.Workspace, it *workspace.Item, left bool) any {
	out := struct {
		Schema   string `json:"schema"`
		Name     string `json:"name"`
		ID       string `json:"id"`
		Plan     string `json:"plan"`
		Line     int    `json:"line"`
		Phase    string `json:"phase"`
		State    string `json:"state"`
		Title    string `json:"title"`
		Kind     string `json:"kind,omitempty"`
		Command  string `json:"command,omitempty"`
		From     string `json:"from,omitempty"`
		Prose    bool   `json:"prose,omitempty"`
		Runnable bool   `json:"runnable"`         // planctl can run it; false for a person's task
		Unread   bool   `json:"unread,omitempty"` // nor is it known to be a person's: specs of its plan cannot be read
		Left     bool   `json:"unfinished,omitempty"`
	}{Schema: "planctl/next/v1", Name: it.Name(w), ID: it.Task.ID, Plan: it.Plan.Path, Line: it.Task.Line, Phase: it.Phase.ID,
		State: it.Task.State.String(), Title: it.Task.Description, Unread: hidden(it), Left: left}
	if sp, from, prose := it.EffectiveSpec(); sp != nil && !out.Unread {
		out.Kind, out.Command, out.From, out.Prose = sp.Kind.String(), sp.Run, from, prose
		out.Runnable = sp.Run != "" && !(prose && it.Found() != nil && !it.Found().Runnable)
	}
	return out
}

// ShowPhaseJSON is one phase as JSON. An error is ctx's.
func ShowPhaseJSON(ctx context.Context, w *workspace.Workspace, pl *workspace.Plan, ph *plan.Phase) (any, error) {
	return struct {
		Schema  string      `json:"schema"`
		Plan    string      `json:"plan"`
		Goal    string      `json:"goal"`
		Prereqs string      `json:"prereqs"`
		Exit    string      `json:"exit_criteria"`
		Parts   []phasePart `json:"parts,omitempty"`
		Phase   PhaseStatus `json:"phase"`
	}{"planctl/show-phase/v1", pl.Path, ph.Goal.Text, ph.Prereqs.Text, ph.ExitCriteria.Text, partsOf(ph), phaseOf(ctx, w, pl, ph)}, ctx.Err()
}

// phasePart is a heading inside a phase with lines of its own.
type phasePart struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Line    int    `json:"line"`
	Goal    string `json:"goal"`
	Prereqs string `json:"prereqs"`
	Exit    string `json:"exit_criteria"`
}

func partsOf(ph *plan.Phase) []phasePart {
	var out []phasePart
	for _, pt := range ph.Parts {
		out = append(out, phasePart{pt.ID, pt.Title, pt.Line, pt.Goal.Text, pt.Prereqs.Text, pt.ExitCriteria.Text})
	}
	return out
}
