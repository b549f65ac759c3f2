package ledger

import (
	"os"
	"path/filepath"
	"testing"
)

// TestCorpusMerge lets two branches append to every section of real ledgers: nothing conflicts, nothing is lost.
func TestCorpusMerge(t *testing.T) {
	for _, name := range ledgers(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			base, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			appendAll := func(who string) []byte {
				src := base
				for i := range Parse("f.md", base).Sections {
					l := Parse("f.md", src)
					e := sample()
					e.Number, e.Title, e.Run = 0, who, runOf(who+string(rune('a'+i%6))+"0")
					if l.ByRun(e.Run) != nil {
						continue
					}
					// A section that Append refuses is judged in its own tests.
					if ins, err := l.Append(l.Sections[i], e, Block); err == nil {
						src = Insert(src, ins)
						n++
					}
				}
				return src
			}
			ours, theirs := appendAll("a"), appendAll("b")
			r := Merge(base, ours, theirs)
			if len(r.Conflicts) > 0 {
				t.Fatalf("conflicts at %v (whole: %t)", r.Conflicts, r.Whole)
			}
			keptAll(t, base, ours, theirs, r)
			if got, had := len(Parse("f.md", r.Bytes).Attempts()), len(Parse("f.md", base).Attempts()); got != had+n {
				t.Errorf("%d attempts, want %d and %d", got, had, n)
			}
		})
	}
}
