package plan

import (
	"strings"
	"testing"
)

// A phase's lines count also where they stand below a heading inside the phase: a prerequisite that is
// not seen is a task that runs too early.
func TestPhaseLinesBelowAnInnerHeading(t *testing.T) {
	const table = "\n| ID | Task | State |\n|---|---|---|\n| B1 | a | [ ] |\n"
	for name, src := range map[string]string{
		"below an inner heading": "### Phase B — Second\n#### Checklist\nPrereqs: Phase A complete\n" + table,
		"with a remark":          "### Phase B — Second\n**Prereqs (all must hold):** Phase A complete\n" + table,
		"prereq(s)":              "### Phase B — Second\nPrereq(s): Phase A complete\n" + table,
		"dependencies":           "### Phase B — Second\n**Dependencies:** Phase A complete\n" + table,
		"behind the goal":        "### Phase B — Second\nGoal: it works. Prereqs: Phase A complete\n" + table,
		"depends on":             "### Phase B — Second\n- Depends on: Phase A complete\n" + table,
	} {
		p := Parse("p.md", []byte(src), Tokens{})
		if len(p.Phases) != 1 || p.Phases[0].Prereqs.Text != "Phase A complete" {
			t.Errorf("%s: %+v", name, p.Phases)
		}
	}
	p := Parse("p.md", []byte("## Context\nDependencies: Phase A\n"+table), Tokens{})
	if p.Phases[0].Prereqs.Text != "" {
		t.Errorf("dependencies of the plan: %q", p.Phases[0].Prereqs.Text)
	}
	p = Parse("p.md", []byte("## Phase B\n"+table+"\n## Notes\nPrereqs: Phase Z\n"), Tokens{})
	if p.Phases[0].Prereqs.Text != "" {
		t.Errorf("another section's line: %q", p.Phases[0].Prereqs.Text)
	}
}

// TestPhaseLinesAsHeadings: what a heading says of its phase counts as a line that says it.
func TestPhaseLinesAsHeadings(t *testing.T) {
	const table = "\n### Tasks\n| ID | Task | State |\n|---|---|---|\n| B1 | a | [ ] |\n"
	for name, c := range map[string]struct{ src, prereqs, exit, findings string }{
		"a paragraph":          {"## Phase B — Second\n### Prerequisites\nPhase A complete.\n" + table, "Phase A complete.", "", ""},
		"a list, and a line":   {"## Phase B\n\n#### Prereqs:\n\n- Phase A\n\n- Phase C\n\nExit Criteria: all\n" + table, "- Phase A\n\n- Phase C", "all", ""},
		"underlined":           {"Phase B\n===\n\nPrerequisites\n----\nPhase A\n\n| ID | Task | State |\n|---|---|---|\n| B1 | a | [ ] |\n", "Phase A", "", ""},
		"in bold, a remark":    {"## Phase B\n### **Prerequisites (both)**\nPhase A, Phase C\n" + table, "Phase A, Phase C", "", ""},
		"with the phase":       {"## Phase B\n### Phase B — Prerequisites\nPhase A\n" + table, "Phase A", "", ""},
		"for the phase":        {"## Phase B\n### Prerequisites for Phase B\nPhase A\n" + table, "Phase A", "", ""},
		"above its own table":  {"## Phase B\n### Depends on\nPhase A\n\n| ID | Task | State |\n|---|---|---|\n| B1 | a | [ ] |\n", "Phase A", "", ""},
		"exit criteria":        {"## Phase B\n### Exit Criteria\n* all pass\n" + table, "", "* all pass", ""},
		"up to a fence":        {"## Phase B\n### Prerequisites\nPhase A\n```\nx\n```\nPhase C\n" + table, "Phase A", "", ""},
		"a line comes first":   {"## Phase B\nPrereqs: Phase A\n### Prerequisites\nPhase C\n" + table, "Phase A", "", "3 plan-prereqs-unread"},
		"other words":          {"## Phase B\n### Setup and prerequisites\nPhase A\n" + table, "", "", "2 plan-prereqs-unread"},
		"nothing below":        {"## Phase B\n### Prerequisites\n" + table, "", "", ""},
		"of the whole plan":    {"## Prerequisites\nPhase Z\n## Phase B\n" + table, "", "", ""},
		"of the section after": {"## Phase B\n" + table + "\n## Prerequisites\nPhase Z\n", "", "", ""},
	} {
		p := Parse("p.md", []byte(c.src), Tokens{})
		rows, findings := readingOf(p)
		if len(rows) != 1 || len(p.Phases) != 1 || p.Phases[0].ID != "B" {
			t.Errorf("%s: %v", name, rows)
			continue
		}
		if ph := p.Phases[0]; ph.Prereqs.Text != c.prereqs || ph.ExitCriteria.Text != c.exit || strings.Join(findings, " ") != c.findings {
			t.Errorf("%s: prereqs %q, exit %q, findings %v", name, ph.Prereqs.Text, ph.ExitCriteria.Text, findings)
		}
	}
}

// "Owner ID" is whose ID it is, not the row's, where the table has a column of numbers.
func TestNumberColumnComesBeforeANounsID(t *testing.T) {
	p := Parse("p.md", []byte("# P\n| # | Task | Owner ID | Status |\n|---|---|---|---|\n| 1 | write | bob | [ ] |\n"), Tokens{})
	if ts := p.Tasks(); len(ts) != 1 || ts[0].ID != "1" || ts[0].Description != "write" {
		t.Errorf("%+v", p.Tasks())
	}
}

// A table that a person takes for a checklist is spoken of, though its states are no tokens.
func TestWordsInBracketsAreSpokenOf(t *testing.T) {
	p := Parse("p.md", []byte("# P\n| ID | Item | Status |\n|---|---|---|\n| B-1 | read | [TODO] |\n| B-2 | write | [DONE] |\n"), Tokens{})
	if len(p.Tasks()) == 0 && len(p.Findings) == 0 {
		t.Error("neither read nor spoken of")
	}
}

// A bold line stands for a heading where no heading names its phase, also beside phases that have one.
func TestBoldPhaseBesideAHeading(t *testing.T) {
	const table = "\n| ID | Task | State |\n|---|---|---|\n| %s | a | [ ] |\n\n"
	p := Parse("p.md", []byte("## Phase 1 — Setup\n"+strings.Replace(table, "%s", "1.1", 1)+"**Phase 1 is easy**\n\n**Phase 2 — Ship**\n\nPrereqs: Phase 1 complete\n"+
		strings.Replace(table, "%s", "2.1", 1)), Tokens{})
	if len(p.Phases) != 2 || p.Phases[1].ID != "2" || p.Phases[1].Prereqs.Text != "Phase 1 complete" || len(p.Phases[0].Tasks) != 1 {
		t.Errorf("%+v", p.Phases)
	}
}

// TestPhaseParts: headings inside a phase that have goals or exit criteria of their own are its parts; the phase has the first.
func TestPhaseParts(t *testing.T) {
	const table = "\n| ID | Task | State |\n|---|---|---|\n"
	src := "## Phase C4 Tasks\n\n### C4.A — Design\n**Goal:** one\n" + table + "| C4.A1 | a | [ ] |\n\n**Exit Criteria:** first\n" +
		"\n### C4.B — Build\n**Goal:** two\n\n#### Command line\n" + table + "| C4.B1 | b | [ ] |\n\nExit Criteria:\n- second\n- third\n" +
		"\n### Wrap up\nGoal: three\n" + table + "| C4.C1 | c | [ ] |\n"
	p := Parse("p.md", []byte(src), Tokens{})
	if len(p.Phases) != 1 || len(p.Phases[0].Tasks) != 3 {
		t.Fatalf("%+v", p.Phases)
	}
	ph := p.Phases[0]
	if ph.Goal.Text != "one" || ph.ExitCriteria.Text != "first" {
		t.Errorf("goal %q, exit %q", ph.Goal.Text, ph.ExitCriteria.Text)
	}
	var got []string
	for _, pt := range ph.Parts {
		got = append(got, pt.Name()+"|"+pt.Title+"|"+pt.Goal.Text+"|"+pt.ExitCriteria.Text)
	}
	if want := "C4.A|Design|one|first;C4.B|Build|two|- second\n- third;Wrap up|Wrap up|three|"; strings.Join(got, ";") != want {
		t.Errorf("%q, want %q", got, want)
	}
	for name, src := range map[string]string{
		"one part":           "## Phase B\nGoal: all\n### B.1 — Only\nExit Criteria: one\n" + table + "| B1 | a | [ ] |\n",
		"the same line only": "## Phase B\nGoal: all\nGoal: again\n" + table + "| B1 | a | [ ] |\n",
		"the part of a plan": "# Phase B\n## Phase B1\nGoal: one\n" + table + "| B1 | a | [ ] |\n## Phase B2\nGoal: two\n" + table + "| B2 | a | [ ] |\n",
	} {
		for _, ph := range Parse("p.md", []byte(src), Tokens{}).Phases {
			if ph.Parts != nil {
				t.Errorf("%s: %+v", name, ph.Parts)
			}
		}
	}
}
