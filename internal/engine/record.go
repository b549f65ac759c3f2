package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/redact"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// record commits the execution: manifest, ledger entry, tick. The workspace is read again under the
// workspace lock, so that the number, the phase and the roll-up rows are those of this moment.
func (x *execution) record(ctx context.Context, open *commit.Open) (commit.Outcome, error) {
	var moved error
	out, err := open.Commit(ctx, writing(x.w), func() (*commit.Change, *manifest.Statement, error) {
		var ticks []commit.Tick
		x.p.Ticked = x.tick && x.p.Result == manifest.Pass
		w, err := x.e.Open(ctx)
		switch {
		case err != nil:
			// A config that was broken meanwhile takes the tick, not the run.
			w, moved = x.w, &commit.ConflictError{Path: x.w.Root, Why: "the workspace cannot be read any more: " + err.Error()}
		case x.p.Ticked:
			ticks, moved = x.ticks(ctx, w)
		}
		return change(w, x.it, &x.p, ticks, x.entry(w), x.task.Dir, x.masker)
	})
	if err == nil && moved != nil {
		err = moved
	}
	if err != nil && open.Change == nil {
		err = errors.Join(err, x.keep(open))
	}
	return out, err
}

// keep puts what came of the run into its intent, where it could not be recorded. It speaks of the workspace as that was when
// the run began: what stands there now may be another branch's.
func (x *execution) keep(open *commit.Open) error {
	p := x.p
	p.Phases = nil
	p.Ticked = x.tick && p.Result == manifest.Pass
	var ticks []commit.Tick
	if p.Ticked {
		ticks = append(ticks, x.own())
	}
	c, st, err := change(x.w, x.it, &p, ticks, x.entry(x.w), x.task.Dir, x.masker)
	x.p.Attempt = 0 // it has none yet
	if err != nil {
		return err
	}
	return open.Keep(c, st.Predicate)
}

// own is the tick of the row that ran.
func (x *execution) own() commit.Tick {
	to := plan.Done
	if x.spec.Review {
		to = plan.Active
	}
	return commit.Tick{Plan: x.it.Plan.Path, ID: x.it.Task.ID, Row: x.it.Task.RowText(), From: x.it.Task.Token, To: to, Note: x.annotation()}
}

// ticks is the tick of the row that ran, and of the roll-up rows that follow from it. Where the row's
// spec is no longer the one that ran there are none, and the error says so.
func (x *execution) ticks(ctx context.Context, w *workspace.Workspace) ([]commit.Tick, error) {
	own := x.own()
	now := keyOf(x.it).in(w)
	if now == nil {
		return []commit.Tick{own}, nil // commit says that the row is gone
	}
	if sp, _, _ := now.EffectiveSpec(); sp == nil {
		return nil, &commit.ConflictError{Path: x.it.Plan.Path, Why: fmt.Sprintf("the spec of %s is gone since its command ran", x.it.Task.ID)}
	} else if d, _ := spec.Digest(sp.Value()); d != x.p.Spec.Digest {
		return nil, &commit.ConflictError{Path: x.it.Plan.Path, Why: fmt.Sprintf("the spec of %s was changed while its command ran", x.it.Task.ID)}
	}
	// Marking a row active or undoing that is no change of what the row asks for.
	switch now.Task.State {
	case plan.Todo, plan.Active, plan.Done:
		own.From = now.Task.Token
	}
	if own.To != plan.Done {
		return []commit.Tick{own}, nil
	}
	ticks, lost := closePhases(ctx, w, now, &x.p, x.facts)
	x.task.Warnings = append(x.task.Warnings, unjudged(lost)...)
	return append([]commit.Tick{own}, ticks...), nil
}

// annotation is what `annotate: append` adds to the guidance cell; "" when the config does not ask for it.
func (x *execution) annotation() string {
	if x.w.Config.Annotate != workspace.Append {
		return ""
	}
	return fmt.Sprintf("✅ %s — %s, log `%s`", x.p.Started.Format(time.DateOnly), x.p.Ending(), x.task.Log)
}

func (x *execution) entry(w *workspace.Workspace) ledger.Entry {
	e := ledger.Entry{
		Task: x.it.EntryName(w), Title: x.it.Task.Description, Command: x.p.Argv[len(x.p.Argv)-1],
		Detail: x.p.Ending(),
	}
	if x.p.Forced {
		past := "run again although it was done"
		if len(x.task.Gates) > 0 {
			past = "past " + gateList(x.task.Gates)
		}
		e.Extra = append(e.Extra, "Forced: "+past)
	}
	return e
}

// change completes a manifest and its ledger entry from a fresh reading of the workspace.
func change(w *workspace.Workspace, it *workspace.Item, p *manifest.Predicate, ticks []commit.Tick, entry ledger.Entry, dir string, m *redact.Masker) (*commit.Change, *manifest.Statement, error) {
	p.Attempt = nextNumber(w, it.Plan.Link.ID)
	p.Rollup = nil
	for _, t := range ticks {
		if t.Roll {
			p.Rollup = append(p.Rollup, t.Plan+"#"+t.ID)
		}
	}
	maskPredicate(m, p)
	entry.Title, entry.Command, entry.Detail = m.String(entry.Title), m.String(entry.Command), m.String(entry.Detail)
	entry.Date = p.Started.Format(time.DateOnly)
	entry.Number = p.Attempt
	entry.Result = string(p.Result)
	if p.State != "" && p.Result != manifest.Reopened {
		entry.Result = p.State
	}
	entry.Criteria = criteria.Tally(p.Criteria, ledger.Code)
	entry.Note = p.Note
	name := fileID(it.Task.ID)
	if it.Task.ID == "" {
		name = "phase_" + fileID(p.Task.Phase)
	}
	manifestPath, err := commit.FreeManifest(w.Root, dir+"/"+name)
	if err != nil {
		return nil, nil, err
	}
	entry.Artifacts = artifactsLine(dir, p.Files, path.Base(manifestPath))
	entry.Extra = append(entry.Extra, criteria.EntryLines(p, ledger.Code)...)
	return &commit.Change{
		ManifestPath: manifestPath, Ledger: ledgerPath(w), Section: it.Plan.Link.ID, Entry: entry,
		Style: w.Config.AttemptStyle(), Ticks: ticks,
	}, manifest.New(*p), nil
}

// nextNumber is one more than the highest number of the section, archives included; 0 where the section
// is gone: the run is kept all the same, and commit says that it has no place to be entered.
func nextNumber(w *workspace.Workspace, section string) int {
	if w.Ledger.Missing() {
		return 0
	}
	s, err := w.Ledger.Doc.Section(section)
	if err != nil {
		return 0
	}
	n := s.NextNumber()
	for _, a := range w.Archives {
		if a.Doc == nil {
			continue
		}
		// An archive need not have the section.
		if s, err := a.Doc.Section(section); err == nil {
			n = max(n, s.NextNumber())
		}
	}
	return n
}

// mostCited is how many files of its directory an attempt names; the manifest, which it names too, lists all.
const mostCited = 50

// artifactsLine cites the run's own directory: `DIR/{log,patch,ID.run.json}`.
func artifactsLine(dir string, files []manifest.File, manifestName string) string {
	var names []string
	for _, f := range files {
		if f.Base == "" && !strings.ContainsAny(f.Name, "{},") {
			names = append(names, f.Name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return boolOrder(!strings.HasSuffix(a, ".log"), !strings.HasSuffix(b, ".log")) })
	names = slices.Compact(append(names[:min(len(names), mostCited)], manifestName))
	if len(names) == 1 {
		return ledger.Code(dir + "/" + names[0])
	}
	return ledger.Code(dir + "/{" + strings.Join(names, ",") + "}")
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case !a:
		return -1
	}
	return 1
}

// taskRef is how a manifest names a task.
func taskRef(w *workspace.Workspace, it *workspace.Item) manifest.Task {
	return manifest.Task{Plan: it.Plan.Path, ID: it.Task.ID, Phase: it.Phase.ID, Initiative: it.Plan.Link.ID,
		Row: workspace.RowDigest(it.Task), Description: it.Task.Description}
}

// heads is the runs that no other run of the task has as its parent.
func heads(runs []*workspace.Record) []string {
	var out []string
	for _, r := range runs {
		child := slices.ContainsFunc(runs, func(q *workspace.Record) bool { return slices.Contains(q.Doc.Predicate.Parents, r.Digest) })
		if !child {
			out = append(out, r.Digest)
		}
	}
	return out
}

// doneIn is done(id) for criteria: the row is ticked and its tick stands.
func doneIn(w *workspace.Workspace, from *workspace.Item) func(string) (bool, error) {
	return func(id string) (bool, error) {
		it, err := schedule.Resolve(w, from, id)
		if err != nil {
			return false, err
		}
		return it.Task.State == plan.Done && !it.Refuted(), nil
	}
}

func resolveRed(w *workspace.Workspace, it *workspace.Item, name string) (*workspace.Item, error) {
	if name == "" {
		return nil, errors.New("no red is named")
	}
	return schedule.Resolve(w, it, name)
}

func writing(w *workspace.Workspace) commit.Writing {
	return commit.Writing{Tokens: w.Config.PlanTokens(), Use: w.TokenUse, Ledger: ledgerPath(w), Spec: func(plan, id string) string {
		it := (key{plan, id}).in(w)
		if it == nil {
			return ""
		}
		sp, _, _ := it.EffectiveSpec()
		if sp == nil {
			return ""
		}
		d, _ := spec.Digest(sp.Value())
		return d
	}}
}

// recovering is writing for a recovery, which may record a run later than it ended.
func (e *Engine) recovering(ctx context.Context, w *workspace.Workspace) commit.Writing {
	out := writing(w)
	out.Close = func(c *commit.Change, p *manifest.Predicate) error {
		now, err := e.Open(ctx) // other runs may have been recovered since w was read
		if err != nil {
			return err
		}
		it := (key{p.Task.Plan, p.Task.ID}).in(now)
		if it == nil {
			return nil // commit says that the row is gone
		}
		sp, _, _ := it.EffectiveSpec()
		m := e.maskerFor(now, sp)
		was := len(criteria.EntryLines(p, ledger.Code))
		ticks, err := closePhases(ctx, now, it, p, criteria.Facts{Env: func(name string) (string, bool) {
			v, ok := lookup(e.Environ, name)
			return m.String(v), ok
		}})
		if err != nil {
			return err // the next recovery judges it
		}
		for _, t := range ticks {
			c.Ticks, p.Rollup = append(c.Ticks, t), append(p.Rollup, t.Plan+"#"+t.ID)
		}
		maskPredicate(m, p)
		c.Entry.Extra = append(c.Entry.Extra[:len(c.Entry.Extra)-was], criteria.EntryLines(p, ledger.Code)...)
		return nil
	}
	return out
}

func executorName(w *workspace.Workspace, sp *spec.Spec) string {
	switch {
	case sp.Executor != "":
		return sp.Executor
	case w.Config.Executor != "":
		return w.Config.Executor
	}
	return "local"
}

// actor is who decided: git's user, else the login name.
func (e *Engine) actor(ctx context.Context, w *workspace.Workspace) manifest.Actor {
	var a manifest.Actor
	if w.Git != nil {
		a.Name, a.Email = w.Git.User(ctx)
	}
	for _, kv := range e.Environ {
		k, v, _ := strings.Cut(kv, "=")
		if a.Name == "" && (k == "USER" || k == "LOGNAME") {
			a.Name = v
		}
	}
	return a
}

// CriterionFinding places a compile error where the criterion stands.
func CriterionFinding(c spec.Criterion, err error) finding.Finding {
	f := finding.Finding{Code: "spec-criterion", Severity: finding.Error, File: c.File, Line: c.Line, Col: c.Col, Message: err.Error()}
	var ce *criteria.CompileError
	if errors.As(err, &ce) {
		f.Message = fmt.Sprintf("criterion %s: %s", c.Expr, ce.Msg)
		f.Help = ce.Help
	}
	return f
}

func specFinding(code string, sp *spec.Spec, msg, help string) finding.Finding {
	return finding.Finding{Code: finding.Code(code), Severity: finding.Error, File: sp.File, Line: sp.Line, Col: sp.Col, Task: sp.ID, Message: msg, Help: help}
}

// recordDir makes a directory for a record without a run: a decision, a phase, a check.
func (e *Engine) recordDir(ctx context.Context, w *workspace.Workspace, p *workspace.Plan, ph *plan.Phase, note *commit.Note) (abs, rel, stamp string, err error) {
	reports, slug := w.Reports(p, ph)
	root := filepath.Join(w.Root, filepath.FromSlash(reports))
	if _, err := guard(ctx, w, root, note); err != nil {
		return "", "", "", err
	}
	dir, err := createDir(root, slug, e.Now())
	if err != nil {
		return "", "", "", err
	}
	if err := note.Dir(dir.Path); err != nil {
		return "", "", "", errors.Join(err, os.Remove(dir.Path))
	}
	r, err := filepath.Rel(w.Root, dir.Path)
	if err != nil {
		return "", "", "", errors.Join(err, os.Remove(dir.Path))
	}
	return dir.Path, filepath.ToSlash(r), dir.Stamp, nil
}
