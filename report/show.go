package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// ShowTask shows one task: row, spec, what it waits for, its attempts and its evidence.
// now is its run that has not ended, left one that waits for recover; nil without. An error is ctx's, and nothing is shown then.
func ShowTask(ctx context.Context, p *Printer, w *workspace.Workspace, it *workspace.Item, now *Running, left *Left) error {
	t, row := it.Task, rowOf(ctx, w, it)
	if err := ctx.Err(); err != nil {
		return err
	}
	p.Printf("%s  %s\n", p.Paint(Strong, Clean(it.Name(w))), Clean(t.Description))
	p.Printf("  state     %s %s%s\n", Clean(t.Token), t.State, remarks(p, row))
	p.Printf("  plan      %s:%d  phase %s  %s\n", Clean(it.Plan.Path), t.Line, Clean(it.Phase.ID), Clean(it.Phase.Title))
	p.Printf("  belongs   to %s (by %s)\n", Clean(it.Plan.Link.ID), it.Plan.Link.Source)
	if now != nil {
		p.Printf("  %s   %s\n", p.Paint(Info, "running"), now)
	}
	if left != nil {
		p.Printf("  %s %s\n", p.Paint(Warn, "unfinished"), left)
	}
	if t.Problem != "" {
		p.Printf("  %s %s\n", p.Paint(Bad, "problem:"), Clean(t.Problem))
	}
	if t.Guidance != "" {
		p.Printf("  guidance  %s\n", Clean(t.Guidance))
	}
	showSpec(p, it)
	for _, g := range schedule.Gates(w, it) {
		if schedule.IsOpen(t) {
			p.Printf("  %s %s\n", p.Paint(Warn, "waits for"), Clean(g.String()))
		}
	}
	if len(it.Runs) == 0 {
		p.Printf("  attempts  none recorded\n")
		return nil
	}
	p.Printf("  attempts\n")
	for i := len(it.Runs) - 1; i >= 0; i-- {
		run(p, it.Runs[i])
	}
	showProof(p, w, it)
	if last := it.Newest(); len(last.Doc.Predicate.Files) > 0 {
		p.Printf("  evidence  %s\n", Clean(last.Path))
		for _, f := range last.Doc.Predicate.Files {
			p.Printf("    %-8s %10d  %s  %s\n", f.Role, f.Size, f.SHA256[:min(12, len(f.SHA256))], Clean(f.Name))
		}
	}
	return nil
}

// showProof says what stands behind a green: its red, and whether the two held when they were replayed.
func showProof(p *Printer, w *workspace.Workspace, it *workspace.Item) {
	pass := it.LastPass()
	if pass == nil {
		return
	}
	green := &it.Ran(pass).Doc.Predicate
	if green.Kind != spec.Green.String() || len(green.Argv) == 0 {
		return
	}
	red := w.Evidence.ByDigest(green.Red)
	if red == nil {
		p.Printf("  proof     %s\n", p.Paint(Warn, "no red run stands behind this green"))
		return
	}
	q := &red.Doc.Predicate
	p.Printf("  proof     red %s, attempt #%d (%s), then green, attempt #%d\n", Clean(q.Task.ID), q.Attempt, how(q), green.Attempt)
	if n := len(green.Pins); n > 0 && len(green.Accepted) == 0 {
		p.Printf("            with %s unchanged\n", plural(n, "pin"))
	}
	for _, a := range green.Accepted {
		p.Printf("            %s\n", p.Paint(Warn, "accepted all the same: "+Clean(a)))
	}
	if _, r := it.Deciding(); r != nil {
		word, tone := "the proof held", Good
		if r.Doc.Predicate.Result != manifest.Pass {
			word, tone = "the proof did not hold", Bad
		}
		p.Printf("            replayed on %s: %s\n", r.Doc.Predicate.Started.UTC().Format(time.DateOnly), p.Paint(tone, word))
	}
}

func showSpec(p *Printer, it *workspace.Item) {
	sp, from, prose := it.EffectiveSpec()
	if hidden(it) {
		p.Printf("  spec      %s\n", p.Paint(Bad, unreadSpecs))
		return
	}
	if sp == nil {
		p.Printf("  spec      none: a person does it, or planctl bind finds its command\n")
		return
	}
	where := Clean(from)
	if prose {
		where += ", prose: asked for before it runs"
		if s := it.Found(); s != nil && !s.Runnable {
			where += "; cannot be run: " + Clean(s.Why)
		}
	}
	p.Printf("  spec      %s (%s)\n", sp.Kind, where)
	for l := range strings.SplitSeq(strings.TrimRight(string(spec.Marshal(sp)), "\n"), "\n") {
		p.Printf("    %s\n", p.Paint(Info, Clean(l)))
	}
}

func run(p *Printer, r *workspace.Record) {
	q := &r.Doc.Predicate
	word, tone := outcome(q)
	when := q.Started.UTC().Format("2006-01-02 15:04:05Z")
	p.Printf("    #%-3d %s  %s  %s  %s\n", q.Attempt, when, p.Paint(tone, Pad(word, 8)), how(q), Clean(short(r.Digest)))
	if q.Reason != "" && !said(q, q.Reason) {
		p.Printf("         %s\n", Clean(q.Reason))
	}
	if q.Note != "" {
		p.Printf("         note: %s\n", Clean(q.Note))
	}
	for _, c := range q.Criteria {
		criterion(p, "         ", c)
	}
	if r.Attempt == nil {
		p.Printf("         %s\n", p.Paint(Warn, "no attempt in the ledger names this run"))
	}
}

// outcome is the word for how an attempt went: its result, or the state that a decision gave the row.
func outcome(q *manifest.Predicate) (string, Tone) {
	tone := Warn
	switch q.Result {
	case manifest.Pass:
		tone = Good
	case manifest.Fail:
		tone = Bad
	}
	if q.State != "" {
		return Clean(q.State), tone
	}
	return Clean(string(q.Result)), tone
}

func how(q *manifest.Predicate) string {
	if q.Kind == manifest.KindReplay {
		return q.Decided()
	}
	if len(q.Argv) == 0 {
		by := q.Actor.Name
		if by == "" {
			by = "by hand"
		}
		return Clean(by)
	}
	s := "exit " + strconv.Itoa(q.Exit)
	switch {
	case q.TimedOut:
		s = "timed out"
	case q.Signal != "":
		s = q.Signal
	}
	s += ", " + strconv.FormatFloat(q.Seconds, 'f', 2, 64) + " s"
	if q.Tests != nil {
		s += ", " + testCounts(q.Tests)
	}
	return s
}

func short(digest string) string {
	d := strings.TrimPrefix(digest, "sha256:")
	return d[:min(12, len(d))]
}

// showLines shows the goal, the prerequisites and the exit criteria of a phase, those of each of its parts with its name before them.
func showLines(p *Printer, ph *plan.Phase) {
	show := func(word, name string, text plan.Text) {
		if name != "" {
			name += ": "
		}
		if text.Text != "" {
			p.Printf("  %s %s\n", Pad(word, 9), Clean(name+text.Text))
		}
	}
	for _, l := range []struct {
		word string
		of   plan.Text
		part func(plan.Part) plan.Text
	}{
		{"goal", ph.Goal, func(pt plan.Part) plan.Text { return pt.Goal }},
		{"prereqs", ph.Prereqs, func(pt plan.Part) plan.Text { return pt.Prereqs }},
		{"exit", ph.ExitCriteria, func(pt plan.Part) plan.Text { return pt.ExitCriteria }},
	} {
		whole := true // the phase's own is not one of its parts'
		for _, pt := range ph.Parts {
			whole = whole && l.part(pt).Span != l.of.Span
		}
		if whole {
			show(l.word, "", l.of)
		}
		for _, pt := range ph.Parts {
			show(l.word, pt.Name(), l.part(pt))
		}
	}
}

// ShowPhase shows one phase: its lines, its own criteria and its rows. An error is ctx's, and nothing is shown then.
func ShowPhase(ctx context.Context, p *Printer, w *workspace.Workspace, pl *workspace.Plan, ph *plan.Phase) error {
	s := phaseOf(ctx, w, pl, ph)
	if err := ctx.Err(); err != nil {
		return err
	}
	p.Printf("%s  %s\n", p.Paint(Strong, "phase "+Clean(ph.ID)), Clean(ph.Title))
	p.Printf("  plan      %s:%d\n", Clean(pl.Path), ph.Line)
	showLines(p, ph)
	pre := pl.Prereqs(w, ph)
	for _, dep := range pre.Items {
		p.Printf("  after     %s: %s\n", Clean(dep.Task.ID), dep.Task.State)
	}
	for _, g := range pre.Phases {
		why := schedule.OpenPhase(w, g.Plan, g.Phase)
		if why == "" {
			why = "complete"
		}
		p.Printf("  after     phase %s: %s\n", Clean(g.Phase.ID), Clean(why))
	}
	for _, s := range pre.Elsewhere {
		p.Printf("  named     %s (no phase of this initiative: it holds nothing)\n", Clean(s))
	}
	for _, s := range pre.Free {
		p.Printf("  named     %s (nothing waits for it, by the words beside it)\n", Clean(s))
	}
	if ps := pl.Specs.Phases[ph.ID]; ps != nil {
		for _, c := range ps.Criteria {
			p.Printf("  criterion %s\n", Clean(c.Expr))
		}
	}
	p.Printf("  verdict   %s\n", Clean(phaseStands(w, pl, ph)))
	for _, r := range s.Rows {
		rowStatus(p, r)
	}
	return nil
}

// phaseStands is the phase's verdict in words: complete, waived, or why it is neither.
func phaseStands(w *workspace.Workspace, pl *workspace.Plan, ph *plan.Phase) string {
	v := schedule.LastVerdict(w, pl, ph.ID)
	why := schedule.OpenPhase(w, pl, ph)
	by := ""
	if v != nil {
		q := &v.Record.Doc.Predicate
		by = fmt.Sprintf(" (attempt #%d, %s)", q.Attempt, q.Started.UTC().Format(time.DateOnly))
	}
	switch {
	case why != "":
		return "not complete: " + why
	case v == nil:
		return "complete: every row is done or skipped"
	case v.Waived:
		return "waived" + by
	}
	return "complete" + by
}

// TaskView is one task as JSON.
type TaskView struct {
	Schema      string         `json:"schema"`
	Name        string         `json:"name"`
	Plan        string         `json:"plan"`
	Initiative  string         `json:"initiative"`
	Phase       string         `json:"phase"`
	Description string         `json:"description"`
	Guidance    string         `json:"guidance"`
	Row         RowStatus      `json:"row"`
	Spec        map[string]any `json:"spec,omitempty"`
	From        string         `json:"from,omitempty"`
	Prose       bool           `json:"prose,omitempty"`
	Unread      bool           `json:"unread,omitempty"` // it may have a spec: specs of its plan cannot be read
	Running     *Running       `json:"running,omitempty"`
	Left        *Left          `json:"left,omitempty"` // a run that waits for recover
	Runs        []RunView      `json:"runs"`
}

// RunView is one recorded attempt as JSON.
type RunView struct {
	Task     string               `json:"task"`
	Plan     string               `json:"plan"`
	Attempt  int                  `json:"attempt"`
	Run      string               `json:"run,omitempty"`
	Manifest string               `json:"manifest,omitempty"`
	Started  string               `json:"started,omitempty"`
	Date     string               `json:"date,omitempty"`
	Result   string               `json:"result"`
	State    string               `json:"state,omitempty"`
	Reason   string               `json:"reason,omitempty"`
	Exit     *int                 `json:"exit,omitempty"`
	Seconds  *float64             `json:"seconds,omitempty"`
	Criteria []manifest.Criterion `json:"criteria,omitempty"`
	Files    []manifest.File      `json:"files,omitempty"`
	Note     string               `json:"note,omitempty"`
	Actor    string               `json:"actor,omitempty"`
	Line     int                  `json:"ledger_line,omitempty"`
}

// ShowTaskJSON is one task as JSON. An error is ctx's.
func ShowTaskJSON(ctx context.Context, w *workspace.Workspace, it *workspace.Item, now *Running, left *Left) (any, error) {
	v := TaskView{Schema: "planctl/show/v1", Name: it.Name(w), Plan: it.Plan.Path, Initiative: it.Plan.Link.ID, Phase: it.Phase.ID,
		Description: it.Task.Description, Guidance: it.Task.Guidance, Row: rowOf(ctx, w, it), Running: now, Left: left, Unread: hidden(it), Runs: []RunView{}}
	if sp, from, prose := it.EffectiveSpec(); sp != nil && !v.Unread {
		v.Spec, v.From, v.Prose = sp.Value(), from, prose
	}
	for i := len(it.Runs) - 1; i >= 0; i-- {
		v.Runs = append(v.Runs, runOf(it.Runs[i]))
	}
	return v, ctx.Err()
}

func runOf(r *workspace.Record) RunView {
	q := &r.Doc.Predicate
	v := RunView{Task: q.Task.ID, Plan: q.Task.Plan, Attempt: q.Attempt, Run: r.Digest, Manifest: r.Path, Started: q.Started.UTC().Format(time.RFC3339Nano),
		Date: q.Started.UTC().Format(time.DateOnly), Result: string(q.Result), State: q.State, Reason: q.Reason, Criteria: q.Criteria, Files: q.Files, Note: q.Note, Actor: q.Actor.Name}
	if len(q.Argv) > 0 {
		v.Exit, v.Seconds = &q.Exit, &q.Seconds
	}
	if r.Attempt != nil {
		v.Line = r.Attempt.Line
	}
	return v
}

// LogEntry is one attempt for `log`: a recorded run, or an entry that a person wrote.
type LogEntry struct {
	Name    string            // of a recorded run's task or phase
	Record  *workspace.Record // nil for an entry written by hand
	Attempt *ledger.Attempt   // nil for a run that the ledger does not name
	Ledger  string            // path
}

// Log shows attempts, newest first as they are given: a block for somebody who watches, else a line each.
func Log(p *Printer, entries []LogEntry) {
	for _, e := range entries {
		if e.Record == nil {
			p.Printf("%s  %s  %s\n", where(e), dash(e.Attempt.Date), Clean(e.Attempt.Text))
			continue
		}
		q := &e.Record.Doc.Predicate
		if !p.TTY {
			logLine(p, e, q)
			continue
		}
		p.Printf("%s  %s  %s  %s\n", where(e), q.Started.UTC().Format(time.DateOnly), p.Paint(Strong, Clean(e.Name)), Clean(q.Task.Description))
		run(p, e.Record)
		p.Printf("         %s\n", Clean(e.Record.Path))
	}
}

func logLine(p *Printer, e LogEntry, q *manifest.Predicate) {
	word, tone := outcome(q)
	p.Printf("%s  %s  %s  #%d %s (%s)  %s  %s", where(e), q.Started.UTC().Format(time.RFC3339), p.Paint(Strong, Clean(e.Name)), q.Attempt, p.Paint(tone, word), how(q),
		short(e.Record.Digest), Clean(e.Record.Path))
	if q.Reason != "" {
		p.Printf("  why: %s", Clean(q.Reason))
	}
	if q.Note != "" {
		p.Printf("  note: %s", Clean(q.Note))
	}
	p.Printf("\n")
}

func where(e LogEntry) string {
	if e.Attempt == nil {
		return "(no entry)"
	}
	return fmt.Sprintf("%s:%d", Clean(e.Ledger), e.Attempt.Line)
}

func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// LogJSON is one attempt as JSON.
func LogJSON(e LogEntry) any {
	var v RunView
	if e.Record != nil {
		v = runOf(e.Record)
	} else {
		v = RunView{Attempt: e.Attempt.Number, Date: e.Attempt.Date, Result: e.Attempt.Result, Line: e.Attempt.Line, Run: e.Attempt.Run, Task: strings.Join(e.Attempt.Tasks, ", ")}
	}
	return struct {
		Schema string `json:"schema"`
		Ledger string `json:"ledger,omitempty"`
		RunView
	}{"planctl/log/v1", e.Ledger, v}
}
