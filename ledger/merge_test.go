package ledger

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/diff3"
)

// runOf is a digest that ends in name.
func runOf(name string) string {
	const zeros = "0000000000000000000000000000000000000000000000000000000000000000"
	return "sha256:" + zeros[:64-len(name)] + name
}

// entryText is an attempt as planctl writes it.
func entryText(number int, name string) string {
	return fmt.Sprintf("  * [2025-10-19] Attempt #%d — A%d Do it: pass (exit 0, 1.2 s).\n    Command: `make test`\n    Criteria: 1/1 — `exit == 0` (0)\n    Run: %s\n", number, number, runOf(name))
}

const (
	topText   = "# Ledger\n\n## Index\n| ID | Title | Status |\n|---|---|---|\n| [A-1](#a-1) | one | in_progress |\n\n"
	sectionA  = "## [A-1] One\n- Status: in_progress\n- Attempts History:\n"
	risksText = "- Risks: none\n- Next Actions:\n  1. go on\n"
	byHand    = "  * [2025-10-18] Attempt #1 — Result: success. By hand.\n    Metrics: 3/3\n"
)

func TestMerge(t *testing.T) {
	a1, a2, a3 := entryText(1, "a1"), entryText(2, "a2"), entryText(2, "a3")
	base := topText + sectionA + a1 + risksText
	conflict := func(o, t string) string { return "<<<<<<< ours\n" + o + "=======\n" + t + ">>>>>>> theirs\n" }
	for _, c := range []struct {
		name               string
		base, ours, theirs string
		want               string
		conflicts          int
	}{
		{name: "each appended", base: base,
			ours: topText + sectionA + a1 + a2 + risksText, theirs: topText + sectionA + a1 + a3 + risksText,
			want: topText + sectionA + a1 + a2 + a3 + risksText},
		{name: "one run on both sides is one entry", base: base,
			ours: topText + sectionA + a1 + a3 + a2 + risksText, theirs: topText + sectionA + a1 + a3 + risksText,
			want: topText + sectionA + a1 + a3 + a2 + risksText},
		{name: "lines below an entry that both have", base: base,
			ours:   topText + sectionA + a1 + a2 + "    - ours looked at it\n" + risksText,
			theirs: topText + sectionA + a1 + a2 + "    - theirs did too\n" + risksText,
			want:   topText + sectionA + a1 + a2 + "    - ours looked at it\n    - theirs did too\n" + risksText},
		{name: "lines below an entry of the base", base: base,
			ours: topText + sectionA + a1 + "    - ours\n" + risksText, theirs: topText + sectionA + a1 + "    - theirs\n" + a2 + risksText,
			want: topText + sectionA + a1 + "    - ours\n    - theirs\n" + a2 + risksText},
		{name: "one run numbered in two ways", base: base,
			ours: topText + sectionA + a1 + a2 + risksText, theirs: topText + sectionA + a1 + strings.Replace(a2, "#2", "#3", 1) + risksText,
			want: topText + sectionA + a1 + conflict(a2, strings.Replace(a2, "#2", "#3", 1)) + risksText, conflicts: 1},
		{name: "entries by hand", base: base,
			ours:   topText + sectionA + a1 + byHand + risksText,
			theirs: topText + sectionA + a1 + byHand + strings.Replace(byHand, "3/3", "2/3", 1) + risksText,
			want:   topText + sectionA + a1 + byHand + strings.Replace(byHand, "3/3", "2/3", 1) + risksText},
		{name: "one entry by hand reworded on both sides", base: topText + sectionA + byHand + risksText,
			ours:   topText + sectionA + strings.Replace(byHand, "success", "partial", 1) + risksText,
			theirs: topText + sectionA + strings.Replace(byHand, "success", "failed", 1) + risksText,
			want: topText + sectionA + conflict("  * [2025-10-18] Attempt #1 — Result: partial. By hand.\n", "  * [2025-10-18] Attempt #1 — Result: failed. By hand.\n") +
				"    Metrics: 3/3\n" + risksText, conflicts: 1},
		{name: "the first entries, and prose behind the list", base: topText + sectionA + risksText,
			ours:   topText + sectionA + a2 + strings.Replace(risksText, "none", "some", 1),
			theirs: topText + sectionA + a3 + risksText,
			want:   topText + sectionA + a2 + a3 + strings.Replace(risksText, "none", "some", 1)},
		{name: "prose that both changed", base: base,
			ours:   topText + sectionA + a1 + a2 + strings.Replace(risksText, "none", "some", 1),
			theirs: topText + sectionA + a1 + a3 + strings.Replace(risksText, "none", "many", 1),
			want:   topText + sectionA + a1 + a2 + a3 + conflict("- Risks: some\n", "- Risks: many\n") + "- Next Actions:\n  1. go on\n", conflicts: 1},
		{name: "no newline at the end", base: topText + sectionA + strings.TrimSuffix(a1, "\n"),
			ours: topText + sectionA + a1 + strings.TrimSuffix(a2, "\n"), theirs: topText + sectionA + a1 + strings.TrimSuffix(a3, "\n"),
			want: topText + sectionA + a1 + a2 + strings.TrimSuffix(a3, "\n")},
		{name: "CRLF and a BOM", base: "\ufeff" + crlf(base),
			ours: "\ufeff" + crlf(topText+sectionA+a1+a2+risksText), theirs: "\ufeff" + crlf(topText+sectionA+a1+a3+risksText),
			want: "\ufeff" + crlf(topText+sectionA+a1+a2+a3+risksText)},
		{name: "one side converted the line ends", base: base,
			ours: crlf(topText + sectionA + a1 + a2 + risksText), theirs: topText + sectionA + a1 + a3 + risksText,
			want: crlf(topText + sectionA + a1 + a2 + a3 + risksText)},
		{name: "blank lines between entries", base: topText + sectionA + "\n" + a1 + "\n" + risksText,
			ours: topText + sectionA + "\n" + a1 + "\n" + a2 + "\n" + risksText, theirs: topText + sectionA + "\n" + a1 + "\n" + a3 + "\n" + risksText,
			want: topText + sectionA + "\n" + a1 + "\n" + a2 + "\n" + a3 + "\n" + risksText},
		{name: "newest first", base: base,
			ours: topText + sectionA + a2 + a1 + risksText, theirs: topText + sectionA + a3 + a1 + risksText,
			want: topText + sectionA + a2 + a3 + a1 + risksText},
		{name: "entries on one line", base: base,
			ours:   topText + sectionA + a1 + oneLine(2, "b2") + risksText,
			theirs: topText + sectionA + a1 + oneLine(2, "b3") + risksText,
			want:   topText + sectionA + a1 + oneLine(2, "b2") + oneLine(2, "b3") + risksText},
		{name: "attempts that are headings", base: "## [A-1] One\n\n### Attempt #1 (2025-10-01)\n- fine\n",
			ours:   "## [A-1] One\n\n### Attempt #1 (2025-10-01)\n- fine\n\n### Attempt #2 (2025-10-02)\n- fine\n",
			theirs: "## [A-1] One\n\n### Attempt #1 (2025-10-01)\n- fine\n\n### Attempt #2 (2025-10-03)\n- fine\n",
			want:   "## [A-1] One\n\n### Attempt #1 (2025-10-01)\n- fine\n\n### Attempt #2 (2025-10-02)\n- fine\n\n### Attempt #2 (2025-10-03)\n- fine\n"},
		{name: "a section on each side", base: base,
			ours:   base + "\n## [B-1] Two\n- Status: in_progress\n- Attempts History:\n" + a2,
			theirs: base + "\n## [C-1] Three\n- Status: in_progress\n- Attempts History:\n" + a3,
			want: base + "\n## [B-1] Two\n- Status: in_progress\n- Attempts History:\n" + a2 +
				"\n## [C-1] Three\n- Status: in_progress\n- Attempts History:\n" + a3},
		{name: "the same section on both sides", base: base,
			ours:   base + "\n## [B-1] Two\n- Status: in_progress\n- Attempts History:\n" + a2,
			theirs: base + "\n## [B-1] Two\n- Status: in_progress\n- Attempts History:\n" + a3,
			want:   base + "\n## [B-1] Two\n- Status: in_progress\n- Attempts History:\n" + a2 + a3},
		{name: "rows of the Index", base: base,
			ours:   strings.Replace(base, "| in_progress |\n", "| in_progress |\n| [B-1] | two | todo |\n", 1),
			theirs: strings.Replace(base, "| in_progress |\n", "| done |\n| [C-1] | three | todo |\n| [B-1] | two | todo |\n", 1),
			want:   strings.Replace(base, "| in_progress |\n", "| done |\n| [B-1] | two | todo |\n| [C-1] | three | todo |\n", 1)},
		{name: "both changed one row of the Index", base: base,
			ours: strings.Replace(base, "| one |", "| uno |", 1), theirs: strings.Replace(base, "| in_progress |", "| done |", 1),
			want: strings.Replace(base, "| one | in_progress |", "| uno | done |", 1)},
		{name: "moved to an archive and appended to", base: topText + sectionA + a1 + "\n## [B-1] Two\n- Status: done\n",
			ours: topText + "## [B-1] Two\n- Status: done\n", theirs: topText + sectionA + a1 + a2 + "\n## [B-1] Two\n- Status: done\n",
			want: strings.TrimSuffix(topText, "\n") + conflict("", "\n"+sectionA+a1+a2) + "\n## [B-1] Two\n- Status: done\n", conflicts: 1},
		{name: "moved within the file and appended to", base: topText + sectionA + a1 + "\n## [B-1] Two\n- Status: done\n\n## Archive\n",
			ours:   topText + "## [B-1] Two\n- Status: done\n\n## Archive\n\n" + sectionA + a1,
			theirs: topText + sectionA + a1 + a2 + "\n## [B-1] Two\n- Status: done\n\n## Archive\n",
			want:   topText + "## [B-1] Two\n- Status: done\n\n## Archive\n\n" + sectionA + a1 + a2},
		{name: "an entry removed on one side", base: base,
			ours: topText + sectionA + risksText, theirs: topText + sectionA + a1 + a3 + risksText,
			want: topText + sectionA + a3 + risksText},
		{name: "an entry removed on one side and written below on the other", base: base,
			ours: topText + sectionA + risksText, theirs: topText + sectionA + a1 + "    - mine\n" + risksText,
			want: topText + sectionA + conflict("", a1+"    - mine\n") + risksText, conflicts: 1},
		{name: "no base", base: "", ours: topText + sectionA + a1, theirs: topText + sectionA + a2, want: topText + sectionA + a1 + a2},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Merge([]byte(c.base), []byte(c.ours), []byte(c.theirs))
			if string(r.Bytes) != c.want || len(r.Conflicts) != c.conflicts {
				t.Errorf("%d conflicts, want %d (whole: %t)\n%s\nwant\n%s", len(r.Conflicts), c.conflicts, r.Whole, r.Bytes, c.want)
			}
			for _, line := range r.Conflicts {
				if got := bytes.Split(r.Bytes, []byte("\n"))[line-1]; string(bytes.TrimRight(got, "\r")) != "<<<<<<< ours" {
					t.Errorf("the conflict at line %d is %q", line, got)
				}
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
	for name, r := range map[string]diff3.Result{"x x y": Merge(base, base, y), "x y x": Merge(base, y, base), "x y y": Merge(base, y, y)} {
		if !bytes.Equal(r.Bytes, y) || len(r.Conflicts) > 0 {
			t.Fatalf("%s is not y:\n%s", name, r.Bytes)
		}
	}
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func oneLine(number int, name string) string {
	return fmt.Sprintf("  * [2025-10-19] Attempt #%d — A1 Do it: pass (exit 0). Command: `make`. Run: %s\n", number, runOf(name))
}
