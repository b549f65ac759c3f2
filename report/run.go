package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
)

// RunEvent shows one event of a run: a block for somebody who watches, one line otherwise.
func RunEvent(p *Printer, ev engine.Event) {
	switch ev.Kind {
	case engine.Recovered:
		recovered(p, ev)
	case engine.Started:
		started(p, ev.Task)
	case engine.Judging:
		judging(p, ev)
	case engine.Finished:
		Task(p, ev.Task)
	case engine.Warned:
		p.Printf("%s %s\n", p.Paint(Warn, "warning:"), Clean(ev.Text))
	}
}

// recovered shows what became of a run that a planctl left when it died.
func recovered(p *Printer, ev engine.Event) {
	r := ev.Recovered
	if r.Did == "kept" {
		p.Printf("%s %s: %s\n", p.Paint(Warn, r.Did), Clean(r.Name), Clean(r.Why))
		return
	}
	p.Printf("%s %s: %s", p.Paint(Warn, "recovered"), Clean(r.Name), r.Did)
	if r.Outcome.Number > 0 {
		p.Printf(" (attempt #%d)", r.Outcome.Number)
	}
	if r.Killed > 0 {
		p.Printf(", ended %s", Plural(r.Killed, "process", "processes"))
	}
	if r.Why != "" {
		p.Printf(": %s", Clean(r.Why))
	}
	p.Printf("\n")
	for _, k := range r.Outcome.Ticked {
		ticked(p, "  ", k.Plan, k.ID, k.From, k.Token)
	}
	if r.Outcome.Manifest != "" {
		p.Printf("  evidence: %s\n", Clean(r.Outcome.Manifest))
	}
}

func ticked(p *Printer, in, plan, id, from, to string) {
	p.Printf("%s%s %s#%s %s → %s\n", in, p.Paint(Good, "ticked:"), Clean(plan), Clean(id), Clean(from), Clean(to))
}

func started(p *Printer, t *engine.Task) {
	kind := ""
	if t.Kind != spec.Check {
		kind = " (" + t.Kind.String() + ")"
	}
	if !p.TTY {
		p.Printf("%s: started%s: %s\n", Clean(t.Name), kind, oneLine(t.Command))
		if !t.Prose { // the proposal has said it
			altered(p, p.under(t.Name), t.Altered)
		}
		return
	}
	p.Printf("%s %s  %s%s\n", p.Paint(Info, "▶"), p.Paint(Strong, Clean(t.Name)), Clean(t.Title), p.Paint(Faint, kind))
	for l := range strings.SplitSeq(strings.TrimRight(t.Command, "\n"), "\n") {
		p.Printf("  %s %s\n", p.Paint(Faint, "$"), Clean(l))
	}
	if !t.Prose {
		altered(p, "  ", t.Altered)
	}
}

// longRead is how many bytes are read in a second or so where the slowest way of reading them is asked for.
const longRead = 50 << 20

// judging says to somebody who watches why nothing moves: each criterion may read the whole log.
func judging(p *Printer, ev engine.Event) {
	switch {
	case !p.TTY || ev.Log < longRead/int64(max(1, ev.Criteria)):
	case ev.Criteria == 0:
		p.Printf("  %s\n", p.Paint(Faint, "reading "+sizeOf(ev.Log)+" of "+Clean(ev.Task.Name)+" …"))
	default:
		p.Printf("  %s\n", p.Paint(Faint, "judging "+Plural(ev.Criteria, "criterion", "criteria")+" of "+Clean(ev.Task.Name)+" on "+sizeOf(ev.Log)+" …"))
	}
}

// sizeOf is a large number of bytes.
func sizeOf(n int64) string {
	if n < 1e9 {
		return fmt.Sprintf("%d MB", (n+5e5)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// altered shows that a command is another than it was when somebody last ran or committed it, and which one it was.
func altered(p *Printer, in string, a *engine.Altered) {
	if a == nil {
		return
	}
	for _, w := range a.Was {
		was := oneLine(w.Text)
		if w.Text == "" {
			was = "not there"
		}
		p.Printf("%s%s since %s: %s was: %s\n", in, p.Paint(Warn, "changed"), Clean(a.Since), w.Key, was)
	}
}

// Task shows how one task of a run went.
func Task(p *Printer, t *engine.Task) {
	mark, tone := statusMark(t.Status)
	word := t.Status.String()
	if t.Status == engine.Current {
		word = "done already"
	}
	head := fmt.Sprintf("%s: %s", Clean(t.Name), word)
	if p.TTY {
		head = fmt.Sprintf("%s %s  %s", p.Paint(tone, mark), p.Paint(Strong, Clean(t.Name)), p.Paint(tone, word))
	}
	known := facts(t)
	p.Printf("%s%s\n", head, inBrackets(known))
	in := p.under(t.Name)
	if t.Predicate != nil {
		if t.Status != engine.Interrupted { // what it would have shown at its end says nothing
			for _, c := range t.Predicate.Criteria {
				criterion(p, in, c)
			}
		}
		because(p, in, t)
		lasting(p, in, t)
		for _, ph := range t.Predicate.Phases {
			phaseVerdict(p, in, ph)
		}
	}
	if bare(t, known) {
		p.Printf("%s%s a check must exit 0, whatever its criteria say\n", in, p.Paint(tone, "why:"))
	}
	if t.Reason != "" && t.Status != engine.Current && t.Reason != word && !slices.Contains(known, t.Reason) && !said(t.Predicate, t.Reason) {
		p.Printf("%s%s %s\n", in, p.Paint(tone, "why:"), Clean(t.Reason))
	}
	for _, f := range t.Findings {
		Finding(p, f)
	}
	for _, w := range t.Warnings {
		p.Printf("%s%s %s\n", in, p.Paint(Warn, "warning:"), Clean(w))
	}
	if t.Predicate != nil && t.Log != "" {
		p.Printf("%slog: %s\n", in, Clean(t.Log))
	}
	if t.Outcome.Manifest != "" {
		p.Printf("%sevidence: %s\n", in, Clean(t.Outcome.Manifest))
	}
	for _, k := range t.Outcome.Ticked {
		ticked(p, in, k.Plan, k.ID, k.From, k.Token)
	}
	for _, r := range t.Outcome.Refused {
		p.Printf("%s%s %s#%s: %s\n", in, p.Paint(Bad, "not ticked:"), Clean(r.Tick.Plan), Clean(r.Tick.ID), Clean(r.Why))
	}
	if t.Help != "" {
		p.Printf("%s%s %s\n", in, p.Paint(Info, "help:"), Clean(t.Help))
	}
}

// bare reports a task that failed by its exit code alone, while all that is shown below it holds.
func bare(t *engine.Task, known []string) bool {
	return t.Status == engine.Failed && t.Kind == spec.Check && slices.Contains(known, t.Reason) && t.Predicate != nil && len(t.Predicate.Criteria) > 0 &&
		!slices.ContainsFunc(t.Predicate.Criteria, func(c manifest.Criterion) bool { return !c.Pass })
}

// facts is what stands behind the status: exit, time, attempt; or the reason that nothing ran.
func facts(t *engine.Task) []string {
	if t.Predicate == nil {
		if t.Status == engine.Current {
			return []string{Clean(t.Reason)}
		}
		return nil
	}
	var parts []string
	q := t.Predicate
	if len(q.Argv) > 0 {
		switch {
		case q.TimedOut:
			parts = append(parts, "timed out")
		case q.Signal != "":
			parts = append(parts, q.Signal)
		default:
			parts = append(parts, "exit "+strconv.Itoa(q.Exit))
		}
		parts = append(parts, strconv.FormatFloat(q.Seconds, 'f', 2, 64)+" s")
	}
	if q.Tests != nil {
		parts = append(parts, testCounts(q.Tests))
	}
	if q.Attempt > 0 {
		parts = append(parts, "attempt #"+strconv.Itoa(q.Attempt))
	}
	return parts
}

func inBrackets(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// because shows that a red failed for its reason: the failure that says it.
func because(p *Printer, in string, t *engine.Task) {
	if t.Failure != "" {
		p.Printf("%s%s failed as it must: %s\n", in, p.Paint(Good, "✓"), Clean(t.Failure))
	}
}

// lasting warns of a red that counts, and whose sources git does not hold: once they have changed nobody can lay them out.
func lasting(p *Printer, in string, t *engine.Task) {
	q := t.Predicate
	if q.Kind != spec.Red.String() || q.Result != manifest.Pass || len(q.Argv) == 0 || q.Source.Why == "" {
		return
	}
	p.Printf("%s%s this red cannot be replayed (%s): commit, then planctl run %s --force\n", in, p.Paint(Info, "note:"), Clean(q.Source.Why), Clean(t.Name))
}

func errorWord(n int) string {
	if n == 1 {
		return "error"
	}
	return "errors"
}

func testCounts(t *manifest.Tests) string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{t.Passed, "passed"}, {t.Failed, "failed"}, {t.Errors, errorWord(t.Errors)}, {t.Skipped, "skipped"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	if len(parts) == 0 {
		return "no tests"
	}
	return "tests " + strings.Join(parts, " ")
}

// said reports whether a reason only repeats the criteria that do not hold, which stand above it.
func said(q *manifest.Predicate, reason string) bool {
	if q == nil {
		return false
	}
	var failing []string
	for _, c := range q.Criteria {
		if !c.Pass {
			failing = append(failing, criteria.Explain(c))
		}
	}
	return len(failing) > 0 && strings.Join(failing, "; ") == reason
}

func criterion(p *Printer, in string, c manifest.Criterion) {
	if c.Pass {
		p.Printf("%s%s %s\n", in, p.Paint(Good, "✓"), Clean(c.Expr))
		return
	}
	p.Printf("%s%s %s\n", in, p.Paint(Bad, "✗"), Clean(criteria.Explain(c)))
}

func phaseVerdict(p *Printer, in string, v manifest.PhaseVerdict) {
	if v.Pass {
		p.Printf("%s%s phase %s is complete\n", in, p.Paint(Good, "✓"), Clean(v.ID))
		return
	}
	p.Printf("%s%s phase %s is not complete\n", in, p.Paint(Bad, "✗"), Clean(v.ID))
	for _, c := range v.Criteria {
		criterion(p, in+"  ", c)
	}
}

// under begins the lines that belong to a task: indented below its head for somebody who watches, and
// with the task's name where each line must say by itself what it is about.
func (p *Printer) under(task string) string {
	if p.TTY {
		return "  "
	}
	return Clean(task) + ": "
}

func statusMark(s engine.Status) (string, Tone) {
	switch s {
	case engine.Passed:
		return "✔", Good
	case engine.Current, engine.Rolled:
		return "=", Faint
	case engine.Failed, engine.Trouble, engine.Invalid, engine.Conflict:
		return "✘", Bad
	}
	return "!", Warn
}

func oneLine(s string) string {
	s = strings.TrimRight(s, "\n")
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return Clean(s[:i]) + fmt.Sprintf(" … (%d lines)", strings.Count(s, "\n")+1)
	}
	return Clean(s)
}

// Proposal shows a command found in prose before it is run.
func Proposal(p *Printer, q engine.Proposal) {
	in := p.under(q.Task)
	if p.TTY {
		p.Printf("%s %s  %s\n", p.Paint(Warn, "?"), p.Paint(Strong, Clean(q.Task)), Clean(q.Title))
	} else {
		p.Printf("%s: %s\n", Clean(q.Task), Clean(q.Title))
	}
	p.Printf("%s%s: found in the plan's text (%s)\n", in, Clean(q.Where), Clean(q.Source))
	for l := range strings.SplitSeq(strings.TrimRight(q.Command, "\n"), "\n") {
		p.Printf("%s  %s\n", in, p.Paint(Strong, Clean(l)))
	}
	for _, o := range q.Others {
		p.Printf("%s  %s %s\n", in, p.Paint(Faint, "also:"), Clean(o))
	}
	altered(p, in, q.Altered)
	what := q.Kind.String()
	switch q.Kind {
	case spec.Red:
		what = "red: it must fail, by a test's own verdict"
	case spec.Green:
		what = "green: its tests must pass"
		if q.NoRed {
			what += "; no red is known that shows that they can fail: planctl bind " + q.Task + " --write, then `red: ID` or `kind: check`"
		}
	case spec.Check:
		what = "check: it must exit 0"
	}
	p.Printf("%skind %s\n", in, Clean(what))
	if q.Log != "" {
		p.Printf("%slog  %s\n", in, Clean(q.Log))
	}
	for _, kv := range q.Env {
		p.Printf("%senv %s\n", in, Clean(kv))
	}
	if q.Dir != "" {
		p.Printf("%sdir %s\n", in, Clean(q.Dir))
	}
	if q.Why != "" {
		p.Printf("%s%s %s\n", in, p.Paint(Bad, "cannot be run:"), Clean(q.Why))
	}
}
