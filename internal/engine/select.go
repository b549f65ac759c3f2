package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// key names a task across two readings of the workspace.
type key struct{ plan, id string }

func keyOf(it *workspace.Item) key { return key{it.Plan.Path, it.Task.ID} }

func (k key) String() string { return k.plan + "#" + k.id }

func (k key) in(w *workspace.Workspace) *workspace.Item {
	for _, p := range w.Plans {
		if p.Path != k.plan {
			continue
		}
		for _, it := range p.Items {
			if it.Task.ID == k.id {
				return it
			}
		}
	}
	return nil
}

// pick turns a selection into tasks, in the order in which they are to be tried. Names keep their
// order and repeats are dropped; a phase and --all give the open rows down the tables.
func pick(w *workspace.Workspace, sel Selection) ([]*workspace.Item, *phaseRef, error) {
	var out []*workspace.Item
	switch {
	case sel.Phase != "":
		p, ph, err := w.FindPhase(sel.Phase)
		if err != nil {
			return nil, nil, err
		}
		for _, it := range p.Items {
			if it.Phase == ph && schedule.IsOpen(it.Task) {
				out = append(out, it)
			}
		}
		return out, &phaseRef{p, ph}, nil
	case sel.All:
		for _, p := range w.Plans {
			if p.Archived {
				continue
			}
			for _, it := range p.Items {
				if schedule.IsOpen(it.Task) {
					out = append(out, it)
				}
			}
		}
		return out, nil, nil
	}
	for _, n := range sel.Names {
		it, err := w.Find(n)
		if err != nil {
			return nil, nil, err
		}
		if !slices.Contains(out, it) {
			out = append(out, it)
		}
	}
	return out, nil, nil
}

type phaseRef struct {
	plan  *workspace.Plan
	phase *plan.Phase
}

// check refuses a whole call before anything starts: plans and specs that cannot be read, a doubtful
// initiative, a section that is not there, a criterion that does not compile, a cycle, two logs of one
// name.
func check(w *workspace.Workspace, items []*workspace.Item) error {
	var plans []*workspace.Plan
	for _, it := range items {
		if !slices.Contains(plans, it.Plan) {
			plans = append(plans, it.Plan)
		}
	}
	var bad finding.List
	for _, f := range w.Findings.Errors() {
		// What is wrong with another plan does not hold this one.
		if f.File == w.ConfigPath || f.File == ledgerPath(w) || slices.ContainsFunc(plans, func(p *workspace.Plan) bool { return f.File == p.Path || f.File == p.Sidecar && f.File != "" }) {
			bad = append(bad, f)
		}
	}
	for _, p := range plans {
		if p.Doc.Unreadable() {
			bad = append(bad, p.Doc.Findings.Errors()...)
		}
		bad = append(bad, p.Specs.Findings.Errors()...)
	}
	for _, it := range items {
		if !ledger.ValidTask(it.EntryName(w)) {
			bad = append(bad, finding.Finding{Code: plan.CodeIDCharacters, Severity: finding.Error, File: it.Plan.Path, Line: it.Task.Line, Task: it.Task.ID,
				Message: fmt.Sprintf("the ID %q cannot stand in the ledger", it.Task.ID), Help: "give the row an ID of letters, digits, dots and hyphens"})
		}
		sp, _, _ := it.EffectiveSpec()
		if sp == nil {
			continue
		}
		var invalid *InvalidError
		if _, err := compile(sp.Criteria); errors.As(err, &invalid) {
			bad = append(bad, invalid.Findings...)
		}
	}
	if len(bad) > 0 {
		return &InvalidError{bad}
	}
	for _, p := range plans {
		if err := Settled(w, p); err != nil {
			return err
		}
		if c := schedule.Cycle(w, p.Items); c != nil {
			return &CycleError{File: p.Path, Path: c}
		}
	}
	return sameLog(w, items)
}

// Settled says whether runs of a plan have a place in the ledger; if not, the error says what to do. An entry is tried on
// the ledger as it is: one that would be refused after the run would leave a run that the ledger does not know of.
func Settled(w *workspace.Workspace, p *workspace.Plan) error {
	e := &DoubtError{Plan: p.Path, Why: p.Link.Doubt, Candidates: p.Link.Candidates}
	if w.Ledger.Missing() {
		e.Why = fmt.Sprintf("there is no ledger at %s", ledgerPath(w))
		e.Help = fmt.Sprintf("planctl link %s %s --create makes the ledger and its section", p.Path, p.Link.ID)
		return e
	}
	s, err := w.Ledger.Doc.Section(p.Link.ID)
	switch {
	case p.Link.Doubt == "" && err == nil:
		return enterable(w, s)
	case err != nil:
		if e.Why == "" {
			e.Why = plainly(err)
		}
		e.Help = fmt.Sprintf("planctl link %s %s --create makes the section, or planctl link %s OTHER-ID joins the plan to one that is there", p.Path, p.Link.ID, p.Path)
		var f finding.Finding
		if errors.As(err, &f) && f.Code == ledger.CodeDuplicateSection {
			e.Why, e.Help = fmt.Sprintf("%s: %s", f.Pos(), f.Message), f.Help
		}
	default:
		e.Help = fmt.Sprintf("planctl link %s ID says which one it is", p.Path)
	}
	return e
}

// enterable is an *InvalidError where the ledger would take no entry in a section. The entry is one with all of its lines;
// its words decide nothing.
func enterable(w *workspace.Workspace, s *ledger.Section) error {
	e := ledger.Entry{Date: "2006-01-02", Number: nextNumber(w, s.ID), Task: "A1", Title: "a task", Result: string(manifest.Pass), Command: "true",
		Criteria: "1 of 1", Artifacts: "run.json", Note: "a note", Run: "sha256:" + strings.Repeat("0", 64)}
	_, err := w.Ledger.Doc.Append(s, e, w.Config.AttemptStyle())
	var f finding.Finding
	var list finding.List
	switch {
	case errors.As(err, &f):
		return &InvalidError{finding.List{f}}
	case errors.As(err, &list):
		return &InvalidError{list}
	}
	return err
}

// writable refuses to start what could not be entered or ticked at its end: an hour's work is no way to
// find out that a file is read-only.
func writable(w *workspace.Workspace, items []*workspace.Item, tick bool) error {
	paths := []string{ledgerPath(w)}
	for _, it := range items {
		if tick && !slices.Contains(paths, it.Plan.Path) {
			paths = append(paths, it.Plan.Path)
		}
	}
	if len(items) == 0 {
		return nil
	}
	return commit.NewStore(w.Root, w.Git).Writable(paths...)
}

func ledgerPath(w *workspace.Workspace) string {
	if w.Ledger != nil {
		return w.Ledger.Path
	}
	return w.Config.Ledger
}

// sameLog refuses two tasks of one call that would write one file.
func sameLog(w *workspace.Workspace, items []*workspace.Item) error {
	first := map[string]*workspace.Item{}
	for _, it := range items {
		sp, _, _ := it.EffectiveSpec()
		if sp == nil || sp.Run == "" {
			continue
		}
		reports, slug := w.Reports(it.Plan, it.Phase)
		for _, name := range []string{logName(sp), fileID(it.Task.ID) + manifest.Suffix} {
			at := strings.ToLower(reports + "/" + slug + "/" + name)
			if other := first[at]; other != nil {
				return &InvalidError{finding.List{{
					Code: "spec-same-log", Severity: finding.Error, File: sp.File, Line: sp.Line, Col: sp.Col, Task: it.Task.ID,
					Message: fmt.Sprintf("%s and %s would both write %s in one directory", other.Task.ID, it.Task.ID, name),
					Help:    "give one of them another `log:`, or run them one call after the other",
				}}}
			}
			first[at] = it
		}
	}
	return nil
}

// logName is the file name of a task's log in the run's directory.
func logName(sp *spec.Spec) string {
	if sp.Log != "" {
		return sp.Log
	}
	return fileID(sp.ID) + ".log"
}

// fileID makes a task ID fit for a file name: the characters that paths and shells read are replaced.
func fileID(id string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			return r
		case r > 127:
			return r
		}
		return '_'
	}, id)
	if strings.Trim(clean, ".") == "" {
		clean = "_" + clean
	}
	if len(clean) > 100 {
		clean = clean[:100]
	}
	return clean
}

// isManual says whether a person has to do the task, and why.
func isManual(it *workspace.Item) (bool, string) {
	sp, _, _ := it.EffectiveSpec()
	switch {
	case sp == nil && it.Same() != nil:
		return true, "no command: its text names that of " + it.Same().ID + ", and no spec says so yet"
	case sp == nil && it.Suggestion == nil:
		return true, "no command: neither a spec nor its text has one"
	case sp != nil && sp.Kind == spec.Manual:
		return true, "a person does and ticks it"
	}
	return false, ""
}
