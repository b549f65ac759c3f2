package plan

import (
	"bytes"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/diff3"
)

const (
	mergeTop = "# Plan [X-1]\n\n## Phase A — first\nGoal: it works.\n\n| ID | Task | State | How/Why & Guidance |\n| --- | --- | --- | --- |\n"
	mergeEnd = "\n## Notes\n- one\n- two\n"
	rowA1    = "| A1 | Write it | [ ] | Run `make` |\n"
	rowA2    = "| A2 | Test it | [ ] | Run `make test` |\n"
)

func TestMerge(t *testing.T) {
	base := mergeTop + rowA1 + rowA2 + mergeEnd
	tick := func(row string) string { return strings.Replace(row, "[ ]", "[x]", 1) }
	conflict := func(o, t string) string { return "<<<<<<< ours\n" + o + "=======\n" + t + ">>>>>>> theirs\n" }
	for _, c := range []struct {
		name               string
		base, ours, theirs string
		want               string
		conflicts          int
	}{
		{name: "neighbouring rows", base: base, ours: mergeTop + tick(rowA1) + rowA2 + mergeEnd, theirs: mergeTop + rowA1 + tick(rowA2) + mergeEnd,
			want: mergeTop + tick(rowA1) + tick(rowA2) + mergeEnd},
		{name: "state and words of one row", base: base, ours: mergeTop + tick(rowA1) + rowA2 + mergeEnd,
			theirs: mergeTop + strings.Replace(rowA1, "Write it", "Write it well", 1) + rowA2 + mergeEnd,
			want:   mergeTop + strings.Replace(tick(rowA1), "Write it", "Write it well", 1) + rowA2 + mergeEnd},
		{name: "two cells of one row", base: base, ours: mergeTop + strings.Replace(tick(rowA1), "`make`", "`make all`", 1) + rowA2 + mergeEnd,
			theirs: mergeTop + strings.Replace(rowA1, "Write it", "Write it well", 1) + rowA2 + mergeEnd,
			want:   mergeTop + "| A1 | Write it well | [x] | Run `make all` |\n" + rowA2 + mergeEnd},
		{name: "one cell of one row", base: base, ours: mergeTop + strings.Replace(tick(rowA1), "Write it", "Write", 1) + rowA2 + mergeEnd,
			theirs: mergeTop + strings.Replace(rowA1, "Write it", "Write it well", 1) + tick(rowA2) + mergeEnd,
			want: mergeTop + conflict(strings.Replace(tick(rowA1), "Write it", "Write", 1), strings.Replace(rowA1, "Write it", "Write it well", 1)) +
				tick(rowA2) + mergeEnd, conflicts: 1},
		{name: "one state in two tokens", base: base, ours: mergeTop + tick(rowA1) + rowA2 + mergeEnd,
			theirs: mergeTop + strings.Replace(rowA1, "[ ]", "[D]", 1) + rowA2 + mergeEnd, want: mergeTop + tick(rowA1) + rowA2 + mergeEnd, conflicts: 0},
		{name: "two states", base: base, ours: mergeTop + tick(rowA1) + rowA2 + mergeEnd, theirs: mergeTop + strings.Replace(rowA1, "[ ]", "[B]", 1) + rowA2 + mergeEnd,
			want: mergeTop + conflict(tick(rowA1), strings.Replace(rowA1, "[ ]", "[B]", 1)) + rowA2 + mergeEnd, conflicts: 1},
		{name: "a tick taken back, and another one", base: mergeTop + tick(rowA1) + rowA2 + mergeEnd,
			ours: base, theirs: mergeTop + tick(rowA1) + tick(rowA2) + mergeEnd, want: mergeTop + rowA1 + tick(rowA2) + mergeEnd},
		{name: "rows added", base: base, ours: mergeTop + rowA1 + tick(rowA2) + "| A3 | o | [ ] | |\n" + mergeEnd,
			theirs: mergeTop + rowA1 + rowA2 + "| A4 | t | [x] | |\n" + mergeEnd,
			want:   mergeTop + rowA1 + tick(rowA2) + "| A3 | o | [ ] | |\n| A4 | t | [x] | |\n" + mergeEnd},
		{name: "one row added by both", base: base, ours: mergeTop + rowA1 + rowA2 + "| A3 | o | [ ] | |\n" + mergeEnd,
			theirs: mergeTop + rowA1 + rowA2 + "| A3 | o | [ ] | |\n| A4 | t | [x] | |\n" + mergeEnd,
			want:   mergeTop + rowA1 + rowA2 + "| A3 | o | [ ] | |\n| A4 | t | [x] | |\n" + mergeEnd},
		{name: "one ID, two rows", base: base, ours: mergeTop + rowA1 + rowA2 + "| A3 | o | [ ] | |\n" + mergeEnd,
			theirs: mergeTop + rowA1 + rowA2 + "| A3 | t | [ ] | |\n" + mergeEnd,
			want:   mergeTop + rowA1 + rowA2 + conflict("| A3 | o | [ ] | |\n", "| A3 | t | [ ] | |\n") + mergeEnd, conflicts: 1},
		{name: "a column on one side, a tick on the other", base: base,
			ours:   strings.NewReplacer("Guidance |", "Guidance | Who |", "--- |\n", "--- | --- |\n", "`make` |", "`make` | me |", "test` |", "test` | me |").Replace(base),
			theirs: mergeTop + rowA1 + tick(rowA2) + mergeEnd,
			want: strings.NewReplacer("Guidance |", "Guidance | Who |", "--- |\n", "--- | --- |\n", "`make` |", "`make` | me |", "test` |", "test` | me |").
				Replace(mergeTop + rowA1 + tick(rowA2) + mergeEnd)},
		{name: "a table set anew on one side, a tick on the other", base: base,
			ours: strings.Replace(base, "| Write it | [ ] |", "| Write it    |  [ ] |", 1), theirs: mergeTop + tick(rowA1) + rowA2 + mergeEnd,
			want: strings.Replace(base, "| Write it | [ ] |", "| Write it    |  [x] |", 1)},
		{name: "a phase removed on one side, ticked on the other", base: base, ours: "# Plan [X-1]\n" + mergeEnd, theirs: mergeTop + tick(rowA1) + rowA2 + mergeEnd,
			want: "# Plan [X-1]\n\n" + conflict("", "## Phase A — first\nGoal: it works.\n\n| ID | Task | State | How/Why & Guidance |\n| --- | --- | --- | --- |\n"+tick(rowA1)+rowA2+"\n") + strings.TrimPrefix(mergeEnd, "\n"), conflicts: 1},
		{name: "a phase removed on one side, a row added to it on the other", base: base, ours: "# Plan [X-1]\n" + mergeEnd,
			theirs: mergeTop + rowA1 + rowA2 + "| A3 | t | [ ] | |\n" + mergeEnd,
			want:   "# Plan [X-1]\n\n" + conflict("", "## Phase A — first\nGoal: it works.\n\n| ID | Task | State | How/Why & Guidance |\n| --- | --- | --- | --- |\n"+rowA1+rowA2+"| A3 | t | [ ] | |\n\n") + strings.TrimPrefix(mergeEnd, "\n"), conflicts: 1},
		{name: "a phase put above, whose rows have the same IDs", base: "## Phase A\n| # | Task | State |\n|-|-|-|\n| 1 | a | [ ] |\n\n## End\n",
			ours:   "## Phase Z\n| # | Task | State |\n|-|-|-|\n| 1 | z | [ ] |\n\n## Phase A\n| # | Task | State |\n|-|-|-|\n| 1 | a | [ ] |\n\n## End\n",
			theirs: "## Phase A\n| # | Task | State |\n|-|-|-|\n| 1 | a | [x] |\n\n## End\n",
			want:   "## Phase Z\n| # | Task | State |\n|-|-|-|\n| 1 | z | [ ] |\n\n## Phase A\n| # | Task | State |\n|-|-|-|\n| 1 | a | [x] |\n\n## End\n"},
		{name: "prose on one side, a tick on the other", base: base, ours: strings.Replace(base, "- two", "- three", 1), theirs: mergeTop + tick(rowA1) + rowA2 + mergeEnd,
			want: strings.Replace(mergeTop+tick(rowA1)+rowA2+mergeEnd, "- two", "- three", 1)},
		{name: "CRLF, a BOM, no newline at the end", base: "\ufeff" + crlf(strings.TrimSpace(base)), ours: "\ufeff" + crlf(strings.TrimSpace(mergeTop+tick(rowA1)+rowA2+mergeEnd)),
			theirs: "\ufeff" + crlf(strings.TrimSpace(mergeTop+rowA1+tick(rowA2)+mergeEnd)), want: "\ufeff" + crlf(strings.TrimSpace(mergeTop+tick(rowA1)+tick(rowA2)+mergeEnd))},
		{name: "a table at the very start, behind a BOM, in the first line", base: "\ufeff| ID | State |\n|-|-|\n| a | [ ] |\n| b | [ ] |",
			ours: "\ufeff| ID | State |\n|-|-|\n| a | [x] |\n| b | [ ] |", theirs: "\ufeff| ID | State |\n|-|-|\n| a | [ ] |\n| b | [D] |",
			want: "\ufeff| ID | State |\n|-|-|\n| a | [x] |\n| b | [D] |"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Merge([]byte(c.base), []byte(c.ours), []byte(c.theirs), Tokens{})
			if string(r.Bytes) != c.want || len(r.Conflicts) != c.conflicts {
				t.Errorf("%d conflicts, want %d (whole: %t)\n%s\nwant\n%s", len(r.Conflicts), c.conflicts, r.Whole, r.Bytes, c.want)
			}
			mergeLaws(t, []byte(c.base), []byte(c.ours))
			mergeLaws(t, []byte(c.base), []byte(c.theirs))
		})
	}
}

// mergeLaws holds what must be of a merge in which one side did nothing.
func mergeLaws(t interface {
	Helper()
	Fatalf(string, ...any)
}, base, y []byte) {
	t.Helper()
	for name, r := range map[string]diff3.Result{"x x y": Merge(base, base, y, Tokens{}), "x y x": Merge(base, y, base, Tokens{}), "x y y": Merge(base, y, y, Tokens{})} {
		if !bytes.Equal(r.Bytes, y) || len(r.Conflicts) > 0 {
			t.Fatalf("%s is not y:\n%s", name, r.Bytes)
		}
	}
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
