package plan

import (
	"bytes"
	"fmt"
	"testing"
)

// strained is three versions of a document: one side adds at both ends, the other changes every 50th line.
func strained(base []byte) (ours, theirs []byte) {
	lines := bytes.SplitAfter(base, []byte("\n"))
	for i := range lines {
		if i%50 == 25 {
			theirs = append(theirs, "changed "...)
		}
		theirs = append(theirs, lines[i]...)
	}
	return append(append([]byte("first\n"), base...), "\n| Z9 | new | [ ] |\n"...), theirs
}

// TestMergeHostileShapes merges a quarter of a megabyte of every shape; see TestHostileShapes.
func TestMergeHostileShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			base := shape(1 << 18)
			ours, theirs := strained(base)
			keptAll(t, base, ours, theirs, Merge(base, ours, theirs, Tokens{}))
		})
	}
}

// BenchmarkMerge shows that time goes with length.
func BenchmarkMerge(b *testing.B) {
	for name, shape := range shapes {
		for _, size := range []int{1 << 17, 1 << 18, 1 << 19} {
			base := shape(size)
			ours, theirs := strained(base)
			b.Run(fmt.Sprintf("%s/%dkB", name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(base)))
				for b.Loop() {
					Merge(base, ours, theirs, Tokens{})
				}
			})
		}
	}
}
