package workspace

import (
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/prose"
	"github.com/planctl/planctl/internal/spec"
)

const planX = "plans/X/plan.md"

// The letters of a history are records of A1: p pass, f fail, i interrupted,
// r reopened (supersedes the passes before), b blocked, t "todo" without a
// pass before, x invalidates the record before it, m mark done.
func history(t *testing.T, token, letters string) (*Workspace, *Item, []string) {
	l := newLab(t, map[string]string{planX: phased("X-001", phase("A", "", "A1 "+token))})
	var digests, passes []string
	for i, c := range letters {
		p := manifest.Predicate{Task: task(planX, "A1")}
		if i > 0 {
			p.Parents = digests[i-1:]
		}
		switch c {
		case 'p':
			p.Result = manifest.Pass
		case 'f':
			p.Result = manifest.Fail
		case 'i':
			p.Result = manifest.Interrupted
		case 'r':
			p.Result, p.Supersedes, p.Kind, p.State = manifest.Reopened, passes, "manual", "todo"
		case 'b':
			p.Result, p.Kind, p.State = manifest.Decided, "manual", "blocked"
		case 't':
			p.Result, p.Kind, p.State = manifest.Decided, "manual", "todo"
		case 'x':
			p.Result, p.Supersedes, p.Kind = manifest.Invalidated, digests[i-1:], "manual"
		case 'm':
			p.Result, p.Kind, p.State = manifest.Pass, "manual", "done"
		}
		d := l.entered("plans/X/reports/2025-10-19T120000Z/"+strings.Repeat("s", i+1)+"/A1.run.json", p)
		if digests = append(digests, d); p.Result == manifest.Pass {
			passes = append(passes, d)
		}
	}
	w, it := l.item("A1")
	return w, it, digests
}

func TestStanding(t *testing.T) {
	for _, c := range []struct {
		token, history string
		pass           int // index in the history, -1 for none
		refuted, fresh bool
	}{
		{"[ ]", "", -1, false, false},
		{"[x]", "", -1, false, false}, // a tick without evidence
		{"[x]", "p", 0, false, true},
		{"[ ]", "p", 0, false, false}, // a person took the tick back
		{"[x]", "fp", 1, false, true},
		{"[x]", "pf", 0, true, false},
		{"[ ]", "pf", 0, false, false},
		{"[x]", "pfp", 2, false, true},
		{"[x]", "pi", 0, false, true}, // an interrupted run decides nothing
		{"[x]", "pfi", 0, true, false},
		{"[x]", "pb", 0, false, true},
		{"[x]", "pfm", 2, false, true},
		{"[x]", "pr", -1, false, false},
		{"[x]", "prp", 2, false, true},
		{"[x]", "pfr", -1, false, false}, // reopened, then ticked by hand again: nothing refutes it
		{"[x]", "ft", -1, false, false},
		{"[x]", "px", -1, false, false},
		{"[x]", "ppx", 0, false, true},
		{"[x]", "pfx", 0, false, true}, // the failure does not count
		{"[x]", "prx", 0, false, true}, // the reopening does not count
		{"[x]", "f", -1, true, false},
	} {
		w, it, digests := history(t, c.token, c.history)
		s := it.Standing(t.Context(), w)
		pass := -1
		for i, d := range digests {
			if s.Pass != nil && s.Pass.Digest == d {
				pass = i
			}
		}
		if pass != c.pass || s.Refuted != c.refuted || s.Fresh != c.fresh {
			t.Errorf("%s %q: pass %d, refuted %v, fresh %v; want %d, %v, %v", c.token, c.history, pass, s.Refuted, s.Fresh, c.pass, c.refuted, c.fresh)
		}
	}
}

// A manifest that no ledger has entered decides nothing: it may be of another branch.
func TestStandingWithoutAnEntry(t *testing.T) {
	l := newLab(t, map[string]string{planX: phased("X-001", phase("A", "", "A1 [x]"))})
	pass := l.entered(runDir+"A1.run.json", manifest.Predicate{Task: task(planX, "A1"), Result: manifest.Pass})
	l.put(runDir+"b/A1.run.json", manifest.Predicate{Task: task(planX, "A1"), Result: manifest.Fail, Parents: []string{pass}})
	l.put(runDir+"c/A1.run.json", manifest.Predicate{Task: task(planX, "A1"), Result: manifest.Reopened, Supersedes: []string{pass}})
	w, it := l.item("A1")
	if s := it.Standing(t.Context(), w); s.Refuted || !s.Fresh || s.Pass == nil || s.Pass.Digest != pass {
		t.Errorf("%+v", s)
	}
}

// block is a spec block of the lines below the task's ID.
func block(id string, lines ...string) string {
	return "```yaml planctl\n" + id + ":\n  " + strings.Join(lines, "\n  ") + "\n```\n"
}

func specOf(value map[string]any, prose bool) manifest.Spec {
	digest, _ := spec.Digest(value)
	return manifest.Spec{Digest: digest, Value: value, Prose: prose}
}

func TestChanged(t *testing.T) {
	ran := map[string]any{"kind": "check", "run": "make test"}
	for _, c := range []struct {
		name  string
		spec  string // lines below A1 now; "" for no block
		ran   manifest.Spec
		row   string // description that ran; "" for today's
		want  string
		later *manifest.Predicate // a decision after the run
	}{
		{name: "the same", spec: "run: make test", ran: specOf(ran, false)},
		{name: "other command", spec: "run: make check", ran: specOf(ran, false), want: "run"},
		{name: "criteria and inputs added", spec: "run: make test\n  criteria: [exit == 0]\n  inputs: [a]", ran: specOf(ran, false), want: "criteria inputs"},
		{name: "log and timeout are no part", spec: "run: make test\n  log: x.log\n  timeout: 5m", ran: specOf(ran, false)},
		{name: "block is gone", ran: specOf(ran, false), want: "spec"},
		{name: "row reworded", spec: "run: make test", ran: specOf(ran, false), row: "Do something else", want: "row"},
		{name: "prose without a block", ran: specOf(ran, true)},
		{name: "prose, then bound", spec: "run: make test", ran: specOf(ran, true)},
		{name: "prose, then bound to another command", spec: "run: make other", ran: specOf(ran, true), want: "run"},
		{name: "prose, then bound with a criterion", spec: "run: make test\n  criteria: [exit == 0]", ran: specOf(ran, true), want: "criteria"},
		{name: "a mark without a spec", spec: "run: make test", ran: manifest.Spec{}},
		{name: "reworded and accepted", spec: "run: make test", ran: specOf(ran, false), row: "Do something else",
			later: &manifest.Predicate{Kind: "manual", State: "done", Result: manifest.Pass, Spec: specOf(ran, false)}},
		{name: "accepting a row accepts no spec", spec: "run: make check", ran: specOf(ran, false), want: "run",
			later: &manifest.Predicate{Kind: "manual", State: "done", Result: manifest.Pass, Spec: specOf(map[string]any{"kind": "check", "run": "make check"}, false)}},
		{name: "criteria judged since", spec: "run: make test\n  criteria: [exit == 0]", ran: specOf(ran, false),
			later: &manifest.Predicate{Kind: "check", Result: manifest.Pass, Spec: specOf(map[string]any{"kind": "check", "run": "make test", "criteria": []any{"exit == 0"}}, false)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := phased("X-001", phase("A", "", "A1 [x]"))
			if c.spec != "" {
				text += block("A1", c.spec)
			}
			l := newLab(t, map[string]string{planX: text})
			_, it := l.item("A1")
			tk := task(planX, "A1")
			tk.Row = RowDigest(it.Task)
			now := tk
			if c.row != "" {
				tk.Row = manifest.Digest([]byte("A1 " + c.row))
			}
			d := l.entered(runDir+"A1.run.json", manifest.Predicate{Task: tk, Result: manifest.Pass, Spec: c.ran})
			if c.later != nil {
				c.later.Task, c.later.Judged, c.later.Parents = now, d, []string{d}
				l.entered(runDir+"later/A1.run.json", *c.later)
			}
			w, it := l.item("A1")
			s := it.Standing(t.Context(), w)
			if strings.Join(s.Changed, " ") != c.want || s.Fresh != (c.want == "") {
				t.Errorf("changed %q, fresh %v; want %q", s.Changed, s.Fresh, c.want)
			}
		})
	}
}

func TestEffectiveSpecOfAGreen(t *testing.T) {
	l := newLab(t, map[string]string{planX: phased("X-001", phase("A", "", "A1 [x]", "A2", "A3", "A4")) +
		"```yaml planctl\nA1:\n  kind: red\n  run: make test\nA2:\n  kind: green\n  red: A1\nA3:\n  kind: green\n  red: A4\n  run: make three\nA4:\n  kind: manual\n```\n"})
	w, it := l.item("A2")
	sp, from, prose := it.EffectiveSpec()
	if sp == nil || sp.Run != "make test" || sp.Kind != spec.Green || prose || from == "" {
		t.Errorf("%+v from %q, prose %v", sp, from, prose)
	}
	if s := it.Standing(t.Context(), w); !s.RedOwed || s.Red != nil {
		t.Errorf("%+v", s)
	}
	l.entered(runDir+"0/A1.run.json", manifest.Predicate{Task: task(planX, "A1"), Kind: "manual", Result: manifest.Pass, State: "done"})
	w, it = l.item("A2")
	if s := it.Standing(t.Context(), w); !s.RedOwed || s.Red == nil {
		t.Errorf("a person ticked its red: %+v", s)
	}
	d := l.entered(runDir+"A1.run.json", manifest.Predicate{Task: task(planX, "A1"), Kind: "red", Result: manifest.Pass, Argv: []string{"bash", "-c", "make test"}})
	w, it = l.item("A2")
	if s := it.Standing(t.Context(), w); s.RedOwed || s.Red == nil || s.Red.Digest != d || it.RedItem().Task.ID != "A1" {
		t.Errorf("%+v", s)
	}
	if _, it = l.item("A4"); it.Suggestion != nil {
		t.Error("a manual task has no command")
	}
}

// A green whose red has its command in prose runs that command, and is a run from prose too. A green
// from prose follows the red above it that runs the same command.
func TestEffectiveSpecFromProse(t *testing.T) {
	l := newLab(t, map[string]string{planX: phased("X-001", phase("A", "", "A0", "A1", "A2", "A3")) + block("A2", "kind: green", "red: A1")})
	_, it := l.item("A2")
	a0, a1, a3 := it.Plan.Item("A0"), it.Plan.Item("A1"), it.Plan.Item("A3")
	a0.Suggestion = &prose.Suggestion{Run: "make other", Kind: spec.Red, Line: 6}
	a1.Suggestion = &prose.Suggestion{Run: "make test", Kind: spec.Red, Log: "red.log", Line: 7}
	a3.Suggestion = &prose.Suggestion{Run: "make test", Kind: spec.Green, Line: 9}
	for _, c := range []struct {
		it             *Item
		run, red, from string
		kind           spec.Kind
	}{
		{a1, "make test", "", planX + ":7", spec.Red},
		{it, "make test", "A1", planX + ":7", spec.Green},
		{a3, "make test", "A1", planX + ":9", spec.Green},
	} {
		sp, from, fromProse := c.it.EffectiveSpec()
		if sp == nil || sp.Run != c.run || sp.Red != c.red || sp.Kind != c.kind || from != c.from || !fromProse {
			t.Errorf("%s: %+v from %s, prose %v", c.it.Task.ID, sp, from, fromProse)
		}
	}
	a0.Suggestion = nil
	if sp, _, _ := a0.EffectiveSpec(); sp != nil {
		t.Errorf("a task without anything has %+v", sp)
	}
}
