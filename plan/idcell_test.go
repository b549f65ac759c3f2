package plan

import (
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/mdspan"
)

// An ID with a mark beside it is the ID that people name.
func TestIDWithMarks(t *testing.T) {
	for cell, want := range map[string]string{
		"T0.1 🔒": "T0.1", "**A6** ⭐": "A6", "⭐ **A6**": "A6", "A22[^1]": "A22", `<a id="a5"></a>A5`: "A5", "✅ A16": "A16", "A19:": "A19", "**A19:**": "A19",
		"(A18)": "A18", "[P1-T3]": "P1-T3", "[A1][one]": "A1", "A7*": "A7", `A7\*`: "A7", "A7†": "A7", "A8¹": "A8", "↳ A1.1": "A1.1", "⚠️ `A2`": "A2", "A3<!-- old -->": "A3",
		"<b>A4</b>": "A4", "🔒[A1](#a1)": "A1", "B ⭐": "B", "~~A9~~ 🗑️": "A9", "→ **[A1](#a)**:": "A1", "👩‍💻 A1": "A1",

		"A1": "A1", "1": "1", "AB.": "AB.", "Phase 1": "Phase 1", "A1 ⭐ B2": "A1 ⭐ B2", "A1 (blocked)": "A1 (blocked)", "Ünit-1": "Ünit-1", "(optional)": "(optional)", "#12": "#12",
		"A+B1": "A+B1", "🔒": "🔒", "A1/A2": "A1/A2", "[^1]": "[^1]", "A1<sup>2</sup>": "A1<sup>2</sup>", "<5": "<5", "x": "x",
	} {
		if got := string(idIn([]byte(cell), mdspan.Span{End: len(cell)}).Of([]byte(cell))); got != want {
			t.Errorf("%q holds the ID %q, want %q", cell, got, want)
		}
	}
	p := Parse("p.md", []byte("## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 🔒 | a | [ ] |\n| ~~A2~~ 🗑️ | b | [ ] |\n| A3 🔒 soon | c | [ ] |\n| Phase 4 | d | [ ] |\n"), Tokens{})
	rows, findings := readingOf(p)
	if p.Task("A1") == nil || p.Task("A2") == nil || !p.Task("A2").Struck || strings.Join(findings, " ") != "5 plan-struck-row 6 plan-id-characters" {
		t.Errorf("%v %v", rows, findings)
	}
}
