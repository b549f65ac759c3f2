package ledger

import (
	"fmt"
	"strings"
	"testing"
)

// TestSectionsOf: the spellings of one ID lead to the same sections, and Section takes the one in its own letters.
func TestSectionsOf(t *testing.T) {
	const list = "- Attempts History:\n  * [2025-01-01] Attempt #1 — Result: ok\n"
	l := Parse("f.md", []byte("## [CACHE‑001] c\n"+list+"### [CACHE-001] part\n## [Small-1] s\n## [SMALL-1] S\n"+list+"## Detail - AT-002\n"+list+"## [OTHER-1] o\n"))
	for id, want := range map[string]string{
		"CACHE-001": "1 4", "CACHE‑001": "1 4", "cache-001": "1 4", "SMALL-1": "5 6", "small-1": "5 6", "AT-002": "9", "at-002": "", "OTHER-1": "12", "OTHER": "",
	} {
		var got []string
		for _, s := range l.SectionsOf(id) {
			got = append(got, fmt.Sprint(s.Line))
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%s: sections at %q, want %q", id, g, want)
		}
	}
	for id, line := range map[string]int{"CACHE-001": 1, "cache-001": 1, "Small-1": 5, "SMALL-1": 6, "small-1": 6, "AT-002": 9} {
		if s, err := l.Section(id); err != nil || s.Line != line {
			t.Errorf("Section(%s): %v, %v; want line %d", id, s, err, line)
		}
	}
	if !SameID("A‑1", "a-1") || SameID("A-1", "A1") || FoldID("a–1") != "A-1" {
		t.Error("one ID in two spellings")
	}
}
