package plan

import (
	"strings"
	"testing"
)

// TestShelvedPhases: a heading that says that nobody should work on a phase holds its rows, and one that is about such words does not.
func TestShelvedPhases(t *testing.T) {
	const table = "\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | a | [ ] |\n"
	for src, want := range map[string]string{ // the state, the line that says so, and the severity of what is found
		"## Phase 8 — ~~Convergence + FP8 / FP4~~ (cancelled)\n": "skipped 1 warning",
		"## ~~Phase C — Dropped~~\n":                             "skipped 1 warning",
		"## ~~Phase C — The cache~~\n":                           "skipped 1 warning",
		"## Phase C — ~~The cache~~\n":                           "skipped 1 warning",
		"## Phase D — Deferred (NOT in scope)\n":                 "blocked 1 note",
		"## Phase D — The cache (deferred to v2)\n":              "blocked 1 note",
		"## Phase E — ⛔ BLOCKED\n":                               "blocked 1 note",
		"## Phase E: **Blocked** on legal\n":                     "blocked 1 note",
		"## Phase E — The cache — superseded by Phase F\n":       "skipped 1 warning",
		"## [CANCELLED] Phase E\n":                               "skipped 1 warning",
		"## Archive (superseded)\n\n### Phase A — Old\n":         "skipped 1 warning",
		"# Plan (ARCHIVED)\n\n## Phase A — Old\n":                "skipped 1 warning",
		"## Archive\n\n### Phase A\n\n#### Checklist\n":          "skipped 1 warning",
		"## Deferred\n": "blocked 1 note",
		"## Phase E\nGoal: x\nStatus: blocked (no key)\n": "blocked 3 note",
		"## Phase E\n**Status:** 🚫 Cancelled, see F\n":    "skipped 2 warning",

		"## Phase E — Cancelled orders\n":                            "unknown 0",
		"## Phase E — Archive format\n":                              "unknown 0",
		"## Phase E — Handle orders that were cancelled\n":           "unknown 0",
		"## Phase E — Blocked IPs (deferred writes flushed)\n":       "unknown 0",
		"## Phase E — ~~FP8~~ FP16\n":                                "unknown 0",
		"## Phase E — Unblocked\n":                                   "unknown 0",
		"## Phase E (not blocked)\n":                                 "unknown 0",
		"## Phase E\nStatus: in progress, was blocked\n":             "unknown 0",
		"## Phase E\n" + table + "\nStatus: blocked\n\n## Phase F\n": "unknown 0",
		"## Archive\n\n## Phase A\n":                                 "unknown 0",
	} {
		p := Parse("p.md", []byte(src+table), Tokens{})
		ph := p.Phases[len(p.Phases)-1]
		got := ph.Shelf.State.String() + " " + string(rune('0'+ph.Shelf.Line))
		for _, f := range p.Findings {
			if f.Code == CodeShelved {
				got += " " + f.Severity.String()
			}
		}
		if got != want {
			t.Errorf("%q: %s, want %s", src, got, want)
		}
	}
	p := Parse("p.md", []byte("## Phase A (cancelled)\n"+strings.ReplaceAll(table, "[ ]", "[-]")), Tokens{})
	if _, findings := readingOf(p); p.Phases[0].Shelf.State != Skipped || len(findings) > 0 {
		t.Errorf("a phase without open rows: %+v %v", p.Phases[0].Shelf, findings)
	}
}
