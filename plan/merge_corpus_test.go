package plan

import (
	"os"
	"path/filepath"
	"testing"
)

// TestCorpusMerge lets two branches tick every other row of real plans: nothing conflicts, every tick is there.
func TestCorpusMerge(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t), "corpus", "plans", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no plans in the corpus: %v", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			base, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var sides [2][]byte
			for k := range sides {
				p := Parse("p.md", base, Tokens{})
				var edits []Edit
				for i, task := range p.Tasks() {
					if i%2 == k && task.Editable {
						e, err := p.SetState(task, States()[i/2%len(States())], nil)
						if err != nil {
							t.Fatal(err)
						}
						edits = append(edits, e)
					}
				}
				if sides[k], err = Apply(base, edits...); err != nil {
					t.Fatal(err)
				}
			}
			r := Merge(base, sides[0], sides[1], Tokens{})
			if len(r.Conflicts) > 0 {
				t.Fatalf("conflicts at %v (whole: %t)", r.Conflicts, r.Whole)
			}
			got := Parse("p.md", r.Bytes, Tokens{}).Tasks()
			of := [2][]*Task{Parse("p.md", sides[0], Tokens{}).Tasks(), Parse("p.md", sides[1], Tokens{}).Tasks()}
			for i := range got {
				want := of[i%2][i]
				if got[i].ID != want.ID || got[i].State != want.State || got[i].Line != want.Line {
					t.Errorf("row %d: %s is %s at line %d, want %s at %d", i, got[i].ID, got[i].State, got[i].Line, want.State, want.Line)
				}
			}
		})
	}
}
