package verify

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// lintOnly lints a workspace of these files and gives the findings as "file:line code".
func lintOnly(t *testing.T, files map[string]string, only ...string) []string {
	t.Helper()
	dir := t.TempDir()
	if _, ok := files[".planctl.yaml"]; !ok {
		files[".planctl.yaml"] = "version: 1\n"
	}
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w, err := workspace.Open(t.Context(), workspace.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return brief(Lint(w, only))
}

func brief(list finding.List) []string {
	out := []string{}
	for _, f := range list {
		out = append(out, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Code))
	}
	return out
}

func planOf(spec string, rows ...string) string {
	s := "# P\n- Initiative: P-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n"
	for _, r := range rows {
		s += "| " + r + " | Do | [ ] |\n"
	}
	return s + "\n```yaml planctl\n" + spec + "```\n"
}

const ledgerP = "## [P-001] P\n- Attempts History:\n"

// TestOneProblemIsOneFinding: what one package reports, no other reports again.
func TestOneProblemIsOneFinding(t *testing.T) {
	for _, c := range []struct {
		name, spec string
		want       []string // codes
	}{
		{"after names nothing", "A1: {run: make, after: [NOPE]}\n", []string{"spec-unknown-task"}},
		{"after names itself", "A1: {run: make, after: [A1]}\n", []string{"spec-after"}},
		{"red names nothing", "A1: {kind: green, run: make, red: NOPE}\n", []string{"spec-unknown-task"}},
		{"red names a check", "A1: {kind: green, run: make, red: A2}\nA2: {run: make}\n", []string{"spec-red"}},
		{"red names a row without a spec", "A1: {kind: green, run: make, red: A2}\n", []string{"spec-red"}},
		{"red names itself", "A1: {kind: green, run: make, red: A1}\n", []string{"spec-red"}},
		{"a phase that is not there", "phases: {Z: {criteria: [\"done('A1')\"]}}\n", []string{"spec-unknown-phase"}},
		{"a phase's criterion looks at a run", "phases: {A: {criteria: [exit == 0]}}\n", []string{"spec-phase-criterion"}},
		{"a roll-up of no plan", "A1: {plan: nowhere, phase: A}\n", []string{"spec-unknown-plan"}},
		{"a roll-up of no phase", "A1: {plan: p, phase: Q}\n", []string{"spec-unknown-phase"}},
		{"a spec of no task", "A7: {run: make}\n", []string{"spec-unknown-task"}},
		{"a cycle", "A1: {run: make, after: [A2]}\nA2: {run: make, after: [A1]}\n", []string{"spec-cycle"}},
		{"a criterion", "A1: {run: make, criteria: [secnds < 1]}\n", []string{"spec-criterion"}},
		{"no because", "A1: {kind: red, run: make}\n", []string{"spec-no-because"}},
		{"no command", "A1: {criteria: [seconds < 1]}\n", []string{"spec-no-command"}},
		{"one log of two", "A1: {run: make, log: a.log}\nA2: {run: make, log: A.log}\n", []string{"spec-same-log"}},
		{"nothing wrong", "A1: {kind: red, run: make, because: x}\nA2: {kind: green, red: A1, after: [A1]}\n", []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := planOf(c.spec, "A1", "A2")
			var got []string
			for _, f := range lintOnly(t, map[string]string{"plans/p.md": text, "docs/fix_plan.md": ledgerP}) {
				_, code, _ := strings.Cut(f, " ")
				got = append(got, code)
			}
			if !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if strings.Contains(c.spec, "plan:") || strings.Contains(c.name, "one log") || c.name == "no command" || c.name == "red names a row without a spec" {
				return // these need the other documents, or what prose says
			}
			var alone []string
			for _, f := range Alone("p.md", []byte(text), nil, plan.DefaultTokens()) {
				alone = append(alone, string(f.Code))
			}
			if !slices.Equal(alone, c.want) && len(alone)+len(c.want) > 0 {
				t.Errorf("alone: got %q, want %q", alone, c.want)
			}
		})
	}
}

// TestStandstill: what can never start is an error, and what merely waits is none.
func TestStandstill(t *testing.T) {
	row := func(id, state, says string) string {
		return "\n| ID | Task | State | Notes |\n| --- | --- | --- | --- |\n| " + id + " | Do | " + state + " | " + says + " |\n\n"
	}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"two phases", "## Phase A\nPrereqs: Phase B\n" + row("A1", "[ ]", "") + "## Phase B\nPrereqs: Phase A\n" + row("B1", "[ ]", ""), []string{"plans/p.md:5 plan-cycle"}},
		{"in parallel", "## Phase A\nPrereqs: in parallel with Phase B\n" + row("A1", "[ ]", "") + "## Phase B\nPrereqs: none (parallel with Phase A)\n" + row("B1", "[ ]", ""), nil},
		{"one is complete", "## Phase A\nPrereqs: Phase B\n" + row("A1", "[x]", "") + "## Phase B\nPrereqs: Phase A\n" + row("B1", "[ ]", ""), nil},
		{"in a line", "## Phase A\n" + row("A1", "[ ]", "") + "## Phase B\nPrereqs: Phase A\n" + row("B1", "[ ]", "") + "## Phase C\nPrereqs: Phases A, B\n" + row("C1", "[ ]", ""), nil},
		{"a row and a phase", "## Phase A\n" + row("A1", "[ ]", "Blocked on Phase B.") + "## Phase B\nPrereqs: Phase A\n" + row("B1", "[ ]", ""), []string{"plans/p.md:11 plan-cycle"}},
		{"two rows", "## Phase A\n" + row("A1", "[ ]", "Blocked on B1.") + "## Phase B\n" + row("B1", "[ ]", "Blocked by A1"), []string{"plans/p.md:8 plan-cycle"}},
		{"a spec and a phase", "## Phase A\n" + row("A1", "[ ]", "") + "## Phase B\nPrereqs: Phase A\n" + row("B1", "[ ]", "") + "```yaml planctl\nA1: {run: make, after: [B1]}\n```\n", []string{"plans/p.md:11 plan-cycle"}},
	} {
		got := lintOnly(t, map[string]string{"plans/p.md": "# P\n- Initiative: P-001\n\n" + c.text, "docs/fix_plan.md": ledgerP})
		if !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestAlone reads a sidecar beside its plan, a ledger, and what is neither.
func TestAlone(t *testing.T) {
	side := []spec.Source{{File: "p.planctl.yaml", Text: []byte("A1: {run: make}\nA9: {run: make}\n"), Line: 1}}
	for _, c := range []struct {
		name, text string
		sidecars   []spec.Source
		want       []string
	}{
		{"a sidecar", planOf("", "A1"), side, []string{"p.planctl.yaml:2 spec-unknown-task"}},
		{"names of other plans", planOf("A1: {run: make, after: [OTHER#B1]}\n", "A1"), nil, nil},
		{"two sections", ledgerP + "\n" + ledgerP, nil, []string{"p.md:4 ledger-duplicate-section"}},
		{"neither", "# Notes\n\nText.\n", nil, nil},
		{"nothing", "", nil, []string{"p.md:1 plan-empty"}},
		{"a long way round", planOf(ring(3000), rows(3000)...), nil, []string{"p.md:3009 spec-cycle"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := brief(Alone("p.md", []byte(c.text), c.sidecars, plan.DefaultTokens())); !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// ring is n tasks of which each waits for the next, and the last for the first.
func ring(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "R%d: {run: make, after: [R%d]}\n", i, (i+1)%n)
	}
	return b.String()
}

func rows(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("R%d", i))
	}
	return out
}

// TestOnly names the files to speak of.
func TestOnly(t *testing.T) {
	bad := planOf("A1: {kind: red, run: make}\n", "A1")
	files := func(config string) map[string]string {
		return map[string]string{".planctl.yaml": "version: 1\n" + config, "plans/p.md": bad, "plans/old/q.md": strings.ReplaceAll(bad, "P-001", "Q-001"),
			"docs/fix_plan.md": ledgerP + "\n## [Q-001] Q\n- Attempts History:\n"}
	}
	both := []string{"plans/old/q.md:10 spec-no-because", "plans/p.md:10 spec-no-because"}
	for _, c := range []struct {
		config string
		only   []string
		want   []string
	}{
		{"", nil, both},
		{"", []string{"plans/p.md"}, both[1:]},
		{"", []string{"docs/fix_plan.md"}, []string{}},
	} {
		if got := lintOnly(t, files(c.config), c.only...); !slices.Equal(got, c.want) {
			t.Errorf("%q, only %q: got %q, want %q", c.config, c.only, got, c.want)
		}
	}
}

// TestSeverities: the config's `rules` decide, for a code or a glob of codes, everywhere or below some paths.
func TestSeverities(t *testing.T) {
	for config, want := range map[string]finding.Severity{
		"":                                  finding.Warning,
		"rules: {spec-no-because: error}\n": finding.Error,
		"rules: {\"spec-*\": note}\n":       finding.Note,
		"rules: {\"ledger-*\": note}\n":     finding.Warning,
		"rules: {\"spec-*\": {paths: [\"plans/**\"], severity: error}}\n": finding.Error,
		"rules: {\"spec-*\": {paths: [\"other/**\"], severity: error}}\n": finding.Warning,
	} {
		list := lintFiles(t, map[string]string{".planctl.yaml": "version: 1\n" + config, "plans/p.md": planOf("A1: {kind: red, run: make}\n", "A1"), "docs/fix_plan.md": ledgerP})
		if len(list) != 1 || list[0].Severity != want {
			t.Errorf("%q: %v, want one %s", config, list, want)
		}
	}
}

// TestIndex holds the ledger's Index to its sections.
func TestIndex(t *testing.T) {
	index := func(rows string) string {
		return "# Ledger\n\n## Index\n| ID | Title | Status |\n| --- | --- | --- |\n" + rows + "\n"
	}
	section := "## [P-001] P\n- Status: in_progress\n- Attempts History:\n"
	for _, c := range []struct {
		name, ledger string
		want         []string
	}{
		{"they agree", index("| P-001 | P | in_progress |\n") + section, []string{}},
		{"the same word, written otherwise", index("| [P-001](#p) | P | **In Progress** (half) |\n") + section, []string{}},
		{"another word", index("| P-001 | P | done |\n") + section, []string{"docs/fix_plan.md:6 ledger-index-status"}},
		{"no row", index("| P-001 | P | in_progress |\n") + section + "\n## [Q-001] Q\n- Status: done\n", []string{"docs/fix_plan.md:12 ledger-index-missing"}},
		{"no section", index("| P-001 | P | in_progress |\n| Z-001 | Z | done |\n") + section, []string{"docs/fix_plan.md:7 ledger-index-extra"}},
		{"no Index", section, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lintOnly(t, map[string]string{"plans/p.md": planOf("A1: {run: make}\n", "A1"), "docs/fix_plan.md": c.ledger}); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestCitedPaths: what is plainly a path and not there is named; everything that is no path is passed over.
func TestCitedPaths(t *testing.T) {
	for cited, want := range map[string]bool{
		"`src/gone.py`": true, "`src/here.py`": false, "`src/{here,gone}.py`": true, "`src/here.py:12`": false, "`src/gone.py:12`": true, "`gone/`": true, "`src/gone/`": true, "`src/`": false,
		"`docs/x.md §3`": false, "`out/<TS>/log`": false, "`feature/branch`": false, "`https://a.b/c.md`": false, "`src/*.py`": false, "`tests/a.py::test`": false,
		"`/etc/gone.conf`": false, "`../gone.py`": false, "src/gone.py": false, "`$HOME/gone.py`": false, "`~/gone.py`": false, "`a/…/b.py`": false,
	} {
		text := strings.Replace(planOf("A1: {run: make}\n", "A1"), "## Phase", "### Context\n- Dependencies: "+cited+"\n\n## Phase", 1)
		got := lintOnly(t, map[string]string{"plans/p.md": text, "docs/fix_plan.md": ledgerP, "src/here.py": "x"})
		if has := slices.Contains(got, "plans/p.md:5 plan-missing-path"); has != want || len(got) > 1 {
			t.Errorf("%s: %q", cited, got)
		}
	}
}
