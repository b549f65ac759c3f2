package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func texts(ts []Text) (out []string) {
	for _, t := range ts {
		out = append(out, t.Text)
	}
	return out
}

func TestContext(t *testing.T) {
	src := "# Title [CACHE-001]\n\n## Context\n" +
		"- **Initiative**: CACHE-002 — a cache\n" +
		"- Phase Goal: keep it\n  after a restart.\n" +
		"- Dependencies:\n  - `a.md` (owner)\n  - `b.md`\n    §4\n  - Findings: POLICY-1 (x); FORMAT-2\n" +
		"- Baseline Evidence: `r/{a,b;c}.log`; `r/c.log`\n\n" +
		"### Phase A — One\n**Goal:** goal a\nPrerqs: Phase 0\nExit Criteria:\n- one\n- two\n\n" + h3 + "| 1 | t | [ ] |\n\nDependencies: not context\n"
	p := Parse("f.md", []byte(src), Tokens{})
	if p.Title != "Title [CACHE-001]" || p.TitleID != "CACHE-001" || p.Line.ID != "CACHE-002" || p.Line.Text != "CACHE-002 — a cache" {
		t.Errorf("title %q %q, initiative %+v", p.Title, p.TitleID, p.Line)
	}
	if p.Context.PhaseGoal.Text != "keep it\n  after a restart." {
		t.Errorf("phase goal %q", p.Context.PhaseGoal.Text)
	}
	for name, c := range map[string]struct {
		got  []Text
		want []string
	}{
		"dependencies": {p.Context.Dependencies, []string{"`a.md` (owner)", "`b.md`\n    §4"}},
		"findings":     {p.Context.Findings, []string{"POLICY-1 (x)", "FORMAT-2"}},
		"evidence":     {p.Context.BaselineEvidence, []string{"`r/{a,b;c}.log`", "`r/c.log`"}},
	} {
		if d := cmp.Diff(c.want, texts(c.got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		for _, x := range c.got {
			if string(x.Span.Of(p.Source)) != x.Text {
				t.Errorf("%s: span of %q is %q", name, x.Text, x.Span.Of(p.Source))
			}
		}
	}
	a := p.Phase("A")
	if a.Goal.Text != "goal a" || a.Prereqs.Text != "Phase 0" || a.ExitCriteria.Text != "- one\n- two" {
		t.Errorf("phase lines %q %q %q", a.Goal.Text, a.Prereqs.Text, a.ExitCriteria.Text)
	}
}

func TestInitiative(t *testing.T) {
	for line, want := range map[string]string{
		"Initiative: TEST-PYTORCH-001 — x":       "TEST-PYTORCH-001",
		"- **Initiative:** [TEST-1] x":           "TEST-1",
		"* Initiative: `A-1`":                    "A-1",
		"Initiative: the guard of AT-PARALLEL-9": "AT-PARALLEL-9",
		"Initiative: General and Differentiable": "",
		"Initiative: RED work":                   "",
		"Initiative:":                            "",
	} {
		if got := Parse("f.md", []byte("# p\n"+line+"\n"), Tokens{}).Line.ID; got != want {
			t.Errorf("%q names %q, want %q", line, got, want)
		}
	}
}

func TestPhaseName(t *testing.T) {
	for text, want := range map[string][2]string{
		"Phase C1 — RED: Pytest Skeleton":      {"C1", "RED: Pytest Skeleton"},
		"Phase C1 - x":                         {"C1", "x"},
		"Phase C1: x":                          {"C1", "x"},
		"Phase C1 (RED)":                       {"C1", "RED"},
		"Phase H — Gate (C binary)":            {"H", "Gate (C binary)"},
		"Phase\u00a02\u202f–\u202fx ✅":         {"2", "x ✅"},
		"**Checklist: Phase 4 - Diff & more**": {"4", "Diff & more"},
		"Phase 2 Verification Checklist":       {"2", "Verification Checklist"},
		"Phase L3k.3c — x":                     {"L3k.3c", "x"},
		"Phase 1. Setup":                       {"1", "Setup"},
		"Phase E.A — Governance Dossier":       {"E.A", "Governance Dossier"},
		"Phase EB.C: x":                        {"EB.C", "x"},
		"Phase E.A.B — x":                      {"E.A.B", "x"},
		"Phase E_A — x":                        {"", ""},
		"Phase U.SA — x":                       {"U.SA", "x"},
		"Phase README.MD":                      {"", ""},
		"Phase II — x":                         {"II", "x"},
		"PHASE 3":                              {"3", ""},
		"Next Steps After Phase C":             {"", ""},
		"Phase Status Summary":                 {"", ""},
		"Phased approach":                      {"", ""},
		"Phase Goal":                           {"", ""},
		"Context":                              {"", ""},
		"Phase A–C closure":                    {"A", "C closure"},
		"Prephase A":                           {"", ""},
		"Phase Été":                            {"", ""},
		"Multi-Phase Roadmap, then Phase 7b — finish": {"7b", "finish"},
	} {
		if id, title := phaseName(text); id != want[0] || title != want[1] {
			t.Errorf("%q: %q %q, want %q", text, id, title, want)
		}
	}
}

func TestSlug(t *testing.T) {
	for text, want := range map[string]string{
		"Checks & more":    "checks-more",
		"**It's** done ✅ ": "its-done",
		"Été":              "été",
		"—":                "",
	} {
		if got := Slug(text); got != want {
			t.Errorf("Slug(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestCommandReference(t *testing.T) {
	src := "# p\n\n## Command Reference\n" +
		"- RED run selector: `X=\"\" go test -run 'A|B'` then `wc -l`\n" +
		"- GREEN run selector: same as above\n  (after `fix`)\n" +
		"- **Full run:**\n  ```sh\n  make all\n    indented\n  ```\n" +
		"- Logs go through `tee`.\n" +
		"\n### Optional\n* Slow one: ``a ` b``\n\n## Risks\n- None: `x`\n"
	p := Parse("f.md", []byte(src), Tokens{})
	type entry struct {
		Label, Text string
		Line        int
		Codes       []string
	}
	var got []entry
	for _, c := range p.Commands {
		got = append(got, entry{c.Label, c.Text, c.Line, texts(c.Codes)})
	}
	want := []entry{
		{"RED run selector", "`X=\"\" go test -run 'A|B'` then `wc -l`", 4, []string{"X=\"\" go test -run 'A|B'", "wc -l"}},
		{"GREEN run selector", "same as above\n  (after `fix`)", 5, []string{"fix"}},
		{"Full run", "```sh\n  make all\n    indented\n  ```", 7, []string{"make all\n  indented"}},
		{"Slow one", "``a ` b``", 15, []string{"a ` b"}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestCells(t *testing.T) {
	src := "# p\n\n| ID | Command | Task | State | Details |\n|---|---|---|---|---|\n| 1 | `go test` | a  b | [ ] | x | y |\n"
	p := Parse("f.md", []byte(src), Tokens{})
	task := p.Task("1")
	if task.Command != "`go test`" || task.Description != "a  b" || task.Guidance != "x | y" || task.RowText() != "1 a b" {
		t.Errorf("%+v", task)
	}
	for text, span := range map[string][2]int{task.Command: {task.CommandSpan.Start, task.CommandSpan.End}, task.Guidance: {task.GuidanceSpan.Start, task.GuidanceSpan.End}} {
		if src[span[0]:span[1]] != text {
			t.Errorf("span of %q is %q", text, src[span[0]:span[1]])
		}
	}
}

func TestSpecBlocks(t *testing.T) {
	src := "# p\n```yaml planctl\nA1: {run: x}\n```\n\n~~~yaml  planctl\nA2: {run: y}\n~~~\n\n````markdown\n```yaml planctl\nquoted: {}\n```\n````\n\n```planctl\n```\n\n> ```yaml planctl\n> a: b\n> ```\n\n```yaml\nA3: {}\n```\n"
	p := Parse("f.md", []byte(src), Tokens{})
	var got []string
	for _, b := range p.Specs {
		got = append(got, string(b.Span.Of(p.Source)))
		if line, _ := p.Index.Pos(b.Span.Start); line != b.Line {
			t.Errorf("block at line %d says %d", line, b.Line)
		}
	}
	if d := cmp.Diff([]string{"A1: {run: x}\n", "A2: {run: y}\n"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if _, f := readingOf(p); len(f) != 2 || f[0] != "16 plan-spec-block" || f[1] != "19 plan-spec-block" {
		t.Errorf("findings %v", f)
	}
}

// The selectors of a plan's tests, under a heading that says so, are a Command Reference, too.
func TestSelectorsAreCommands(t *testing.T) {
	for heading, want := range map[string]int{
		"Test Selectors (authoritative)": 1, "Targeted Test Selectors": 1, "Selectors": 1, "**Pytest Selectors**": 1, "Command Reference": 1,
		"CSS selectors": 0, "Review of selectors": 0, "Test selectors in the docs": 0,
	} {
		p := Parse("f.md", []byte("# p\n\n"+h3+"| A1 | t | [ ] |\n\n## "+heading+"\n- A1: `pytest -q a.py`\n"), Tokens{})
		if len(p.Commands) != want {
			t.Errorf("%s: %+v", heading, p.Commands)
		}
	}
}
