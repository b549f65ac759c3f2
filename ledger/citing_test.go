package ledger

import "testing"

// An attempt that planctl wrote names plans of others (roll-up rows that it completes, its artifacts):
// that says nothing about whose plan it is.
func TestEntriesOfRunsCiteNothing(t *testing.T) {
	const run = "    Run: sha256:0000000000000000000000000000000000000000000000000000000000000000\n"
	src := "## [W-001] Work\n- Attempts History:\n  * [2025-10-19] Attempt #1 — A1 First: pass (exit 0, 0.10 s).\n    Completes: `plans/main.md#R1`\n" + run +
		"  * [2025-10-19] Attempt #2 — Result: partial, see `plans/other.md`.\n"
	l := Parse("docs/fix_plan.md", []byte(src))
	if got := l.SectionsCiting("plans/main.md"); len(got) != 0 {
		t.Errorf("the entry of a run counts as a citation by [%s]", got[0].ID)
	}
	if got := l.SectionsCiting("plans/other.md"); len(got) != 1 {
		t.Errorf("a person's entry is no citation: %d sections", len(got))
	}
}
