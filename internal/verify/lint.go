// Package verify finds what is wrong across plans, specs, ledger and
// evidence. It is read-only, runs nothing and prints nothing: findings are
// values.
package verify

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// Lint gives the findings on plans, specs and ledger alone, without evidence, sorted. only names the
// files to speak of, as paths from the workspace; none is all of them. Severities are those of the config, and what
// comments allow and what the baseline holds is left out.
func Lint(w *workspace.Workspace, only []string) finding.List {
	scope := everything(lintLooks(only))
	list := severities(w, allowed(w, severities(w, lintAll(w)), scope))
	if len(only) > 0 {
		list = slices.DeleteFunc(list, func(f finding.Finding) bool { return !slices.Contains(only, f.File) })
	}
	_, list = accepted(w, list, scope)
	return severities(w, list)
}

// lintAll is Lint of every file with the severities that hold without a config.
func lintAll(w *workspace.Workspace) finding.List {
	l := &linter{w: w}
	l.list = append(l.list, w.Findings...)
	for _, p := range w.Plans {
		l.plan(p)
	}
	l.ledgers()
	return l.list
}

type linter struct {
	w       *workspace.Workspace // nil for a document alone
	list    finding.List
	guesses int // names that were compared with all others
	exprs   criteria.Compiler
}

func (l *linter) add(code finding.Code, at place, msg, help string) {
	l.list = append(l.list, finding.Finding{Code: code, Severity: severity(code), File: at.file, Line: at.line, Col: at.col, Task: at.task, Message: msg, Help: help})
}

type place struct {
	file      string
	line, col int
	task      string
}

func (l *linter) plan(p *workspace.Plan) {
	for _, f := range p.Doc.Findings {
		if f.Code != plan.CodeShelved || !p.Archived { // what was put away may say so
			l.list = append(l.list, f)
		}
	}
	l.list = append(l.list, p.Specs.Findings...)
	l.secondReading(p.Doc, l.w.Config.PlanTokens())
	if p.Archived {
		return // kept and never worked on: what it waits for is history
	}
	for _, it := range p.Items {
		if it.Spec != nil {
			l.spec(p, it)
		} else {
			l.uncommanded(p, it)
		}
	}
	l.phaseCriteria(p.Specs)
	l.sameLogs(p)
	if c := schedule.Cycle(l.w, p.Items); len(c) > 2 { // a task that waits for itself was reported with its spec
		at := place{file: p.Path}
		if it := p.Item(c[0]); it != nil && it.Spec != nil {
			at = specPlace(it.Spec, "after")
		}
		l.add(CodeCycle, at, "these tasks wait for each other: "+strings.Join(c, " → "), "take one of them out of the other's `after` or `red`")
	}
	l.standstill(p)
	l.unreadWaits(p)
	if p.Link.Doubt != "" {
		help := fmt.Sprintf("planctl link %s ID says which initiative the plan belongs to", p.Path)
		if p.Link.NoSection {
			help = l.w.Settle(p) + " makes the section, if the ID is right"
		}
		l.add(CodeDoubt, place{file: p.Path}, p.Link.Doubt, help)
	}
	l.paths(p)
}

// unreadWaits speaks once of a plan's rows whose Depends on column says what holds nothing back.
func (l *linter) unreadWaits(p *workspace.Plan) {
	rows := p.UnreadWaits(l.w)
	if len(rows) == 0 {
		return
	}
	more := ""
	if n := len(rows) - 1; n > 0 {
		more = fmt.Sprintf(", and so in %d more rows", n)
	}
	t := rows[0].Task
	l.add(CodeUnreadWaits, rowPlace(rows[0]), fmt.Sprintf("what the column %q says of %s names no row or phase of the plan, and holds nothing back: %.60s%s", t.WaitsColumn, t.ID, t.Waits, more),
		"name rows by their IDs, or phases as Phase X; for what no row does, write [B] into the State cell until it is there")
}

// standstill speaks of rows that phases keep from ever starting; a ring of tasks alone is a cycle.
func (l *linter) standstill(p *workspace.Plan) {
	ring := schedule.Standstill(l.w, p)
	if ring == nil {
		return
	}
	at := rowPlace(ring.Item)
	if !ring.Own {
		at = place{file: p.Path}
		at.line, at.col = p.Doc.Index.Pos(ring.Item.Phase.Prereqs.Span.Start)
	}
	l.add(CodePhaseCycle, at, "none of these can ever start, since each waits for the next: "+strings.Join(ring.Names, " → "),
		"take what one of them need not wait for out of its Prereqs or its row; that two can run in parallel is said as that: in parallel with Phase X")
}

func specPlace(s *spec.Spec, field string) place {
	at := place{s.File, s.Line, s.Col, s.ID}
	if pos, ok := s.FieldPos[field]; ok {
		at.line, at.col = pos[0], pos[1]
	}
	return at
}

func (l *linter) spec(p *workspace.Plan, it *workspace.Item) {
	s := it.Spec
	l.criteria(s)
	if s.Red != "" {
		l.red(it, s)
	}
	if s.IsRollup() {
		l.rollup(it, s)
		return
	}
	l.because(s)
	broken := slices.ContainsFunc(p.Specs.Findings, func(f finding.Finding) bool { return f.Task == s.ID && f.Severity == finding.Error })
	if sp, _, _ := it.EffectiveSpec(); sp != nil && sp.Run == "" && sp.Kind != spec.Manual && !broken {
		l.add(CodeNoCommand, specPlace(s, "kind"), fmt.Sprintf("%s has a spec and no command", s.ID), "add `run:`, or `kind: manual`")
	}
}

// uncommanded speaks of an open row of which a person has to tick what a run should show. One whose command is that of another
// row has it there, and of specs that cannot be read nobody knows what they hold.
func (l *linter) uncommanded(p *workspace.Plan, it *workspace.Item) {
	kind := it.Asks()
	if kind == spec.Unknown || !schedule.IsOpen(it.Task) || p.SpecsUnread() || it.Same() != nil {
		return
	}
	l.add(CodeUncommanded, rowPlace(it), "its text asks for a "+kind.String()+" run, and no command was found", "write its spec: a block of `yaml planctl` with "+it.Task.ID+" and its `run`")
}

func (l *linter) criteria(s *spec.Spec) {
	for _, c := range s.Criteria {
		if _, err := l.exprs.Compile(c.Expr); err != nil {
			l.list = append(l.list, Criterion(c, s.ID, err))
		}
	}
}

func (l *linter) because(s *spec.Spec) {
	if s.Kind == spec.Red && s.Because == "" {
		l.add(CodeBecause, specPlace(s, "kind"), fmt.Sprintf("the red %s does not say why it must fail", s.ID), "add `because:` with a regular expression that the failure's own text matches")
	}
}

// red looks at reds that stand in another plan or in prose. One whose own spec stands beside the green's
// is judged where the two are decoded, and a name that leads nowhere where names are resolved.
func (l *linter) red(it *workspace.Item, s *spec.Spec) {
	red, err := schedule.Resolve(l.w, it, s.Red)
	if err != nil || red == it || red.Plan == it.Plan && red.Spec != nil && (red.Spec.KindSet || red.Spec.Run != "") {
		return
	}
	if sp, _, _ := red.EffectiveSpec(); sp == nil || sp.Kind != spec.Red {
		l.add(CodeRed, specPlace(s, "red"), fmt.Sprintf("`red` of %s names %s, which is no red", s.ID, s.Red), "give "+s.Red+" `kind: red`, or name another task")
	}
}

// rollup compares a roll-up row with its phase. Names that lead nowhere were reported where they are resolved.
func (l *linter) rollup(it *workspace.Item, s *spec.Spec) {
	target := it.Plan
	if s.Plan != "" {
		p, err := l.w.FindPlan(s.Plan)
		if err != nil {
			return
		}
		target = p
	}
	ph := target.Doc.Phase(s.Phase)
	if ph == nil {
		return
	}
	if it.Task.State == plan.Done {
		if why := schedule.OpenPhase(l.w, target, ph); why != "" {
			l.add(CodeRollupOpen, place{it.Plan.Path, it.Task.Line, 0, it.Task.ID}, fmt.Sprintf("%s is done, and phase %s of %s is not complete: %s", it.Task.ID, s.Phase, target.Path, why),
				"planctl mark "+it.Name(l.w)+" todo --note \"…\", or complete the phase")
		}
	}
}

func (l *linter) phaseCriteria(set *spec.Set) {
	for _, id := range sortedKeys(set.Phases) {
		for _, c := range set.Phases[id].Criteria {
			prog, err := l.exprs.Compile(c.Expr)
			switch {
			case err != nil:
				l.list = append(l.list, Criterion(c, "", err))
			case !prog.PhaseSafe():
				l.add(CodePhaseCriterion, place{c.File, c.Line, c.Col, ""}, "criterion "+c.Expr+" looks at a run, and a phase has none", "a phase's criteria may use file, glob, json, npz, env and done")
			}
		}
	}
}

// sameLogs finds two tasks of one phase that would write one log, should one call run both.
func (l *linter) sameLogs(p *workspace.Plan) {
	first := map[string]*workspace.Item{}
	for _, it := range p.Items {
		if it.Spec == nil || it.Spec.Log == "" {
			continue
		}
		dir, slug := l.w.Reports(p, it.Phase)
		key := strings.ToLower(path.Join(dir, slug, it.Spec.Log))
		if other := first[key]; other != nil {
			l.add(CodeSameLog, specPlace(it.Spec, "log"), fmt.Sprintf("%s and %s both write %s", other.Task.ID, it.Task.ID, it.Spec.Log), "give one of them another `log:`")
			continue
		}
		first[key] = it
	}
}

// Criterion places a compile error where the criterion stands.
func Criterion(c spec.Criterion, task string, err error) finding.Finding {
	f := finding.Finding{Code: CodeCriterion, Severity: finding.Error, File: c.File, Line: c.Line, Col: c.Col, Task: task, Message: fmt.Sprintf("criterion %s: %v", c.Expr, err)}
	var ce *criteria.CompileError
	if errors.As(err, &ce) {
		f.Message, f.Help = fmt.Sprintf("criterion %s: %s", c.Expr, ce.Msg), ce.Help
	}
	return f
}
