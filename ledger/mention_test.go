package ledger

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// TestMentioned holds the reading for many IDs to the one for a single ID.
func TestMentioned(t *testing.T) {
	ids := map[string]bool{"": true}
	for _, id := range []string{"A1", "A1.2", "C1.D", "1.D", "é2", "B", "A1 B", "-x", "C1.D-2", "\xff"} {
		ids[id] = true
	}
	for _, text := range []string{"", "A1", "A1.", "A1.2", "see A1, A1 B and C1.D-2", "XA1 A12 A1-2", "é2 Bé2 (é2)", "B.C B-x -x", "C1.D. 1.D", "\xff A1\xff", "A1.é2", "A1 Bs"} {
		var want []string
		for _, id := range slices.Sorted(maps.Keys(ids)) {
			if Mentions([]byte(text), id) {
				want = append(want, id)
			}
		}
		if got := slices.Sorted(maps.Keys(Mentioned([]byte(text), ids))); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %q, one by one %q", text, got, want)
		}
	}
}
