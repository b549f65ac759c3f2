package report

import (
	"maps"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
)

// The JSON shapes are stable: fields may be added, never renamed. Each value
// begins with its schema, planctl/KIND/v1.

type eventJSON struct {
	Schema    string         `json:"schema"`
	Event     string         `json:"event"` // recovered, started, finished, warning
	Task      *taskJSON      `json:"task,omitempty"`
	Recovered *recoveredJSON `json:"recovered,omitempty"`
	Text      string         `json:"text,omitempty"`
}

type recoveredJSON struct {
	Task     string     `json:"task"`
	Did      string     `json:"did"`
	Why      string     `json:"why,omitempty"`
	Killed   int        `json:"killed"` // processes that were still alive
	Manifest string     `json:"manifest,omitempty"`
	Run      string     `json:"run,omitempty"`
	Ticked   []tickJSON `json:"ticked,omitempty"`
}

type alteredJSON struct {
	Since string            `json:"since"`
	Was   map[string]string `json:"was"` // by key of the spec
}

type taskJSON struct {
	Schema   string               `json:"schema,omitempty"`
	Plan     string               `json:"plan"`
	ID       string               `json:"id"`
	Name     string               `json:"name"`
	Title    string               `json:"title"`
	Phase    string               `json:"phase"`
	Kind     string               `json:"kind,omitempty"`
	Status   string               `json:"status"`
	Reason   string               `json:"reason,omitempty"`
	Help     string               `json:"help,omitempty"`
	WaitsFor []gateJSON           `json:"waits_for,omitempty"`
	Command  string               `json:"command,omitempty"`
	From     string               `json:"from,omitempty"`
	Prose    bool                 `json:"prose,omitempty"`
	Altered  *alteredJSON         `json:"altered,omitempty"`
	Dir      string               `json:"dir,omitempty"`
	Log      string               `json:"log,omitempty"`
	Manifest string               `json:"manifest,omitempty"`
	Run      string               `json:"run,omitempty"`
	Attempt  int                  `json:"attempt,omitempty"`
	Result   string               `json:"result,omitempty"`
	Exit     *int                 `json:"exit,omitempty"`
	Signal   string               `json:"signal,omitempty"`
	TimedOut bool                 `json:"timed_out,omitempty"`
	Seconds  *float64             `json:"seconds,omitempty"`
	Criteria []manifest.Criterion `json:"criteria,omitempty"`
	Tests    *manifest.Tests      `json:"tests,omitempty"`
	Phases   []phaseVerdictJSON   `json:"phases,omitempty"`
	Ticked   []tickJSON           `json:"ticked,omitempty"`
	Refused  []refusalJSON        `json:"refused,omitempty"`
	Warnings []string             `json:"warnings,omitempty"`
	Findings finding.List         `json:"findings,omitempty"`
}

type gateJSON struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

type tickJSON struct {
	Plan string `json:"plan"`
	ID   string `json:"id"`
	From string `json:"from"`
	To   string `json:"to"`
}

type refusalJSON struct {
	tickJSON
	Why string `json:"why"`
}

type phaseVerdictJSON struct {
	Plan string `json:"plan"`
	ID   string `json:"id"`
	Pass bool   `json:"pass"`
}

// RunEventJSON is one event of a run.
func RunEventJSON(ev engine.Event) any {
	out := eventJSON{Schema: "planctl/run/v1", Text: ev.Text}
	switch ev.Kind {
	case engine.Recovered:
		out.Event = "recovered"
		r := ev.Recovered
		out.Recovered = &recoveredJSON{Task: r.Name, Did: r.Did, Why: r.Why, Killed: r.Killed, Manifest: r.Outcome.Manifest, Run: r.Outcome.Digest}
		for _, t := range r.Outcome.Ticked {
			out.Recovered.Ticked = append(out.Recovered.Ticked, tickJSON{t.Plan, t.ID, t.From, t.To.String()})
		}
	case engine.Started:
		out.Event = "started"
	case engine.Finished:
		out.Event = "finished"
	case engine.Warned:
		out.Event = "warning"
	}
	if ev.Task != nil {
		t := task(ev.Task)
		if ev.Kind == engine.Started {
			t.Status = "started"
		}
		out.Task = &t
	}
	return out
}

// TaskJSON is how one task went.
func TaskJSON(t *engine.Task) any {
	out := task(t)
	out.Schema = "planctl/task/v1"
	return out
}

func task(t *engine.Task) taskJSON {
	out := taskJSON{Plan: t.Plan, ID: t.ID, Name: t.Name, Title: t.Title, Phase: t.Phase, Status: t.Status.String(), Reason: t.Reason,
		Help: t.Help, Command: t.Command, From: t.Where, Prose: t.Prose, Dir: t.Dir, Log: t.Log, Manifest: t.Outcome.Manifest,
		Run: t.Outcome.Digest, Warnings: t.Warnings, Findings: t.Findings}
	if t.Kind != spec.Unknown {
		out.Kind = t.Kind.String()
	}
	if t.Altered != nil {
		out.Altered = &alteredJSON{t.Altered.Since, map[string]string{}}
		for _, w := range t.Altered.Was {
			out.Altered.Was[w.Key] = w.Text
		}
	}
	for _, g := range t.Gates {
		out.WaitsFor = append(out.WaitsFor, gateJSON{g.Name, g.Why})
	}
	if p := t.Predicate; p != nil {
		out.Attempt, out.Result, out.Signal, out.TimedOut = p.Attempt, string(p.Result), p.Signal, p.TimedOut
		out.Criteria, out.Tests = p.Criteria, p.Tests
		if len(p.Argv) > 0 {
			out.Exit, out.Seconds = &p.Exit, &p.Seconds
		}
		for _, v := range p.Phases {
			out.Phases = append(out.Phases, phaseVerdictJSON{v.Plan, v.ID, v.Pass})
		}
	}
	for _, k := range t.Outcome.Ticked {
		out.Ticked = append(out.Ticked, tickJSON{k.Plan, k.ID, k.From, k.To.String()})
	}
	for _, r := range t.Outcome.Refused {
		out.Refused = append(out.Refused, refusalJSON{tickJSON{r.Tick.Plan, r.Tick.ID, r.Tick.From, r.Tick.To.String()}, r.Why})
	}
	return out
}

// Marked shows a decision by hand.
func Marked(p *Printer, t *engine.Task) {
	if t.Status != engine.Passed {
		Task(p, t)
		return
	}
	word := t.Predicate.State
	switch t.Predicate.Result {
	case manifest.Reopened:
		word = "reopened, " + word
	case manifest.Invalidated:
		word = string(t.Predicate.Result) // of a pass, and no state of the row
	}
	in := p.under(t.Name)
	p.Printf("%s: %s (attempt #%d)\n", p.Paint(Strong, Clean(t.Name)), p.Paint(Good, word), t.Predicate.Attempt)
	for _, c := range t.Predicate.Criteria {
		criterion(p, in, c)
	}
	for _, v := range t.Predicate.Phases {
		phaseVerdict(p, in, v)
	}
	for _, w := range t.Warnings {
		p.Printf("%s%s %s\n", in, p.Paint(Warn, "warning:"), Clean(w))
	}
	for _, k := range t.Outcome.Ticked {
		p.Printf("%s%s %s#%s %s → %s\n", in, p.Paint(Good, "ticked:"), Clean(k.Plan), Clean(k.ID), Clean(k.From), Clean(k.Token))
	}
	p.Printf("%sevidence: %s\n", in, Clean(t.Outcome.Manifest))
}

// Judgement shows what check found.
func Judgement(p *Printer, j *engine.Judgement) {
	word, tone := "holds", Good
	if !j.Pass {
		word, tone = "does not hold", Bad
	}
	p.Printf("%s: %s (evidence of attempt #%d, %s)\n", p.Paint(Strong, Clean(j.Task.Name)), p.Paint(tone, word), j.Record.Doc.Predicate.Attempt, Clean(j.Record.Path))
	in := p.under(j.Task.Name)
	for _, c := range j.Verdicts {
		criterion(p, in, c)
	}
	if j.Kind != "" {
		p.Printf("%s%s %s\n", in, p.Paint(Bad, "why:"), Clean(j.Kind))
	}
	if len(j.Verdicts) == 0 && j.Kind == "" {
		p.Printf("%sno criteria: the kind's own rule holds\n", in)
	}
	if j.Recorded.Manifest != "" {
		p.Printf("%srecorded: %s\n", in, Clean(j.Recorded.Manifest))
	}
}

// JudgementJSON is what check found, as JSON.
func JudgementJSON(j *engine.Judgement) any {
	return struct {
		Schema   string               `json:"schema"`
		Task     string               `json:"task"`
		Evidence string               `json:"evidence"`
		Run      string               `json:"run"`
		Pass     bool                 `json:"pass"`
		Kind     string               `json:"kind_reason,omitempty"`
		Criteria []manifest.Criterion `json:"criteria"`
		Recorded string               `json:"recorded,omitempty"`
	}{"planctl/check/v1", j.Task.Name, j.Record.Path, j.Record.Digest, j.Pass, j.Kind, j.Verdicts, j.Recorded.Manifest}
}

// Preview shows what a run would do: the command, its surroundings, and the changes of a pass.
func Preview(p *Printer, v *engine.Preview) {
	t := v.Task
	p.Printf("%s  %s\n", p.Paint(Strong, Clean(t.Name)), Clean(t.Title))
	if t.Reason != "" {
		p.Printf("  %s: %s\n", t.Status, Clean(t.Reason))
		if t.Help != "" {
			p.Printf("  %s %s\n", p.Paint(Info, "help:"), Clean(t.Help))
		}
		for _, w := range t.Warnings {
			p.Printf("  %s %s\n", p.Paint(Warn, "warning:"), Clean(w))
		}
		return
	}
	for _, g := range t.Gates {
		p.Printf("  %s %s\n", p.Paint(Warn, "waits for"), Clean(g.String()))
	}
	from := Clean(t.Where)
	if t.Prose {
		from += " (prose: it would be asked for)"
	}
	p.Printf("  kind     %s\n  from     %s\n", t.Kind, from)
	for i, l := range strings.Split(strings.TrimRight(t.Command, "\n"), "\n") {
		lead := "         "
		if i == 0 {
			lead = "  command"
		}
		p.Printf("%s  %s\n", lead, p.Paint(Strong, Clean(l)))
	}
	altered(p, "  ", t.Altered)
	if v.Dir != "" {
		p.Printf("  dir      %s\n", Clean(v.Dir))
	}
	for _, k := range slices.Sorted(maps.Keys(v.Env)) {
		if strings.HasPrefix(k, "PLANCTL_") {
			continue // every command has these
		}
		p.Printf("  env      %s=%s\n", Clean(k), Clean(v.Env[k]))
	}
	for _, c := range v.Criteria {
		p.Printf("  holds    %s\n", Clean(c))
	}
	p.Printf("  log      %s\n  evidence %s\n", Clean(v.Log), Clean(v.Manifest))
	p.Printf("  if it passes:\n")
	for _, c := range v.Changes {
		Diff(p, "    ", c.Path, c.Before, c.After)
	}
}

// PreviewJSON is what a run would do, as JSON.
func PreviewJSON(v *engine.Preview) any {
	type change struct {
		Path string `json:"path"`
		Diff string `json:"diff"`
	}
	out := struct {
		Schema   string            `json:"schema"`
		Task     taskJSON          `json:"task"`
		Argv     []string          `json:"argv,omitempty"`
		Dir      string            `json:"dir,omitempty"`
		Env      map[string]string `json:"env,omitempty"`
		Log      string            `json:"log,omitempty"`
		Manifest string            `json:"manifest,omitempty"`
		Stamp    string            `json:"stamp,omitempty"`
		Criteria []string          `json:"criteria,omitempty"`
		Changes  []change          `json:"changes,omitempty"`
	}{Schema: "planctl/preview/v1", Task: task(v.Task), Argv: v.Argv, Dir: v.Dir, Env: v.Env, Log: v.Log, Manifest: v.Manifest, Stamp: v.Stamp, Criteria: v.Criteria}
	if out.Task.Status == engine.StatusUnknown.String() {
		out.Task.Status = "would run"
	}
	for _, c := range v.Changes {
		out.Changes = append(out.Changes, change{c.Path, unified(c.Path, c.Before, c.After)})
	}
	return out
}
