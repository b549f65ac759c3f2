package finding

import "testing"

// What stands in messages of plan, ledger, spec and verify, and what an edit elsewhere moves in it.
func TestKey(t *testing.T) {
	for _, c := range []struct{ message, want string }{
		{"duplicate ID A1: line 27 has it already", "duplicate ID A1: line N has it already"},
		{"phase C1 is at line 20 already: this one is called C1-2", "phase C1 is at line N already: this one is called C1-2"},
		{"2 sections have the ID [A-1]: lines 3 and 40", "2 sections have the ID [A-1]: lines N and N"},
		{"9 sections have the ID [A-1]: lines 3, 8, 12, 20, 33, 41, 50, 60 and 1 more", "9 sections have the ID [A-1]: lines N, N, N, N, N, N, N, N and N more"},
		{"the config has the key plans twice; it stands on line 4 already", "the config has the key plans twice; it stands on line N already"},
		{"A1 has a spec already, at plans/c.md:41", "A1 has a spec already, at plans/c.md:N"},
		{"A1 is ticked by hand: docs/fix_plan.md:120 names it and has no evidence", "A1 is ticked by hand: docs/fix_plan.md:N names it and has no evidence"},
		{"the Index says done of [A-1], and its section (line 9) says pending", "the Index says done of [A-1], and its section (line N) says pending"},
		{"attempt #8 of [A-1] was numbered at line 61 already", "attempt #8 of [A-1] was numbered at line N already"},
		{"1 row is open, and docs/fix_plan.md says done of A-1", "N rows are open, and docs/fix_plan.md says done of A-1"},
		{"3 rows are open, and docs/fix_plan.md says done of A-1", "N rows are open, and docs/fix_plan.md says done of A-1"},
		{"R is done, and phase C2 of plans/c.md is not complete: 2 of 5 rows open: C2.A, C2.B", "R is done, and phase C2 of plans/c.md is not complete: N of N rows open"},
		{"the row has 2 cells more than the table's 4 columns", "the row has 2 cells more than the table's 4 columns"},
		{"A1 is ticked by attempt #8", "A1 is ticked by attempt #8"},
		{"`run` has pytest tests/a.py::test_1 at 12:24", "`run` has pytest tests/a.py::test_1 at 12:24"},
		{"see plans/c.md:12:4.", "see plans/c.md:N."},
		{"deadline 12", "deadline 12"},
		{"\xff", "\uFFFD"},
	} {
		if got := Key(c.message); got != c.want {
			t.Errorf("Key(%q)\n got %q\nwant %q", c.message, got, c.want)
		}
		if again := Key(c.want); again != c.want {
			t.Errorf("Key(%q) is %q: a key has a key of its own", c.want, again)
		}
	}
}
