package main

import (
	"context"
	"strings"
	"testing"
)

// TestMergesAreClean is `-merges` in short form.
func TestMergesAreClean(t *testing.T) {
	dir := t.TempDir()
	planctl, err := build(dir)
	if err != nil {
		t.Fatal(err)
	}
	// So many, from seed 1 on, that two and three branches are merged.
	met, n := map[string]int{}, times(t, "PLANCTL_FORGE_MERGES", 6)
	err = each(context.Background(), n, 1, 2, func(seed uint64) (func(), error) {
		got, err := merge(dir, planctl, seed)
		return func() {
			for what, n := range got {
				met[what] += n
			}
		}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"merges of 2 branches", "merges of 3 branches", "runs that passed", "runs that failed", "ticks by hand", "rows reopened", "rows reopened and run again",
		"rows that several branches ran", "attempt by hand", "lines by hand in the plan", "cells by hand"} {
		if met[what] == 0 && n >= 6 {
			t.Errorf("no %s in any of them", what)
		}
	}
}

// TestJoined: what the mode holds a merge to can be missed.
func TestJoined(t *testing.T) {
	const fork = "# L\n- one\n  Note: as ever\n"
	ours, theirs := fork+"- two\n  Note: as ever\n", fork+"- three\n  Note: as ever\n"
	for _, c := range []struct{ name, merged, want string }{
		{"both", ours + "- three\n  Note: as ever\n", ""},
		{"a line lost", fork + "- two\n- three\n  Note: as ever\n", `lost "  Note: as ever"`},
		{"an entry lost", ours, `lost`},
		{"an entry doubled", ours + "- three\n  Note: as ever\n- two\n", `"- two" 2 times, and both sides together 1`},
		{"a line that nobody wrote", ours + "- three\n  Note: as ever\n<<<<<<<\n", `"<<<<<<<" 1 times, and both sides together 0`},
	} {
		if err := joinedLedger(fork, ours, theirs, c.merged); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("ledger, %s: %v", c.name, err)
		}
	}
	const head = "# P\n\n### Phase A\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n"
	p := func(a, b string) string { return head + "| A1 | one |" + a + "|\n| A2 | two |" + b + "|\n" }
	base := p(" [ ] | so ", " [ ] | so ")
	for _, c := range []struct{ name, ours, theirs, merged, want string }{
		{"two rows", p(" [x] | so ", " [ ] | so "), p(" [ ] | so ", " [x] | so "), p(" [x] | so ", " [x] | so "), ""},
		{"two cells of a row", p(" [x] | so ", " [ ] | so "), p(" [ ] | not so ", " [ ] | so "), p(" [x] | not so ", " [ ] | so "), ""},
		{"both ticked it", p(" [x] | so ", " [ ] | so "), p(" [x] | so ", " [ ] | so "), p(" [x] | so ", " [ ] | so "), ""},
		{"a tick lost", p(" [x] | so ", " [ ] | so "), p(" [ ] | so ", " [x] | so "), p(" [x] | so ", " [ ] | so "), "A2, cell 3"},
		{"a disagreement", p(" [x] | so ", " [ ] | so "), p(" [-] | so ", " [ ] | so "), p(" [x] | so ", " [ ] | so "), "both sides changed A1, cell 3"},
		{"prose lost", "Mind.\n\n" + base, p(" [x] | so ", " [ ] | so "), p(" [x] | so ", " [ ] | so "), `of Mind.`},
	} {
		if err := joinedPlan(base, c.ours, c.theirs, c.merged); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("plan, %s: %v", c.name, err)
		}
	}
}
