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
		"depends on":             "### Phase B — Second\n- Depends on: Phase A complete\n" + table,
	} {
		p := Parse("p.md", []byte(src), Tokens{})
		if len(p.Phases) != 1 || p.Phases[0].Prereqs.Text != "Phase A complete" {
			t.Errorf("%s: %+v", name, p.Phases)
		}
	}
	p := Parse("p.md", []byte("## Phase B\n"+table+"\n## Notes\nPrereqs: Phase Z\n"), Tokens{})
	if p.Phases[0].Prereqs.Text != "" {
		t.Errorf("another section's line: %q", p.Phases[0].Prereqs.Text)
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
