package workspace

import (
	"fmt"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/manifest"
)

// large is a workspace of 100 plans with 30 rows each, a ledger of 1 MB, 500
// manifests, and 1,000 notes below reports that are no plans.
func large(b *testing.B) string {
	files := map[string]string{ConfigName: "version: 1\n"}
	var ledger strings.Builder
	ledger.WriteString("# Fix plan\n\n")
	for i := range 100 {
		id := fmt.Sprintf("WORK-%03d", i)
		var phases []string
		for _, ph := range []string{"A", "B", "C"} {
			var rows []string
			for r := range 10 {
				rows = append(rows, fmt.Sprintf("%s%d [x]", ph, r))
			}
			phases = append(phases, phase(ph, "Phase A complete", rows...))
		}
		dir := "plans/active/" + id + "/"
		files[dir+"plan.md"] = phased(id, phases...) + block("A1", "run: make test")
		for n := range 10 {
			files[fmt.Sprintf("%sreports/2025-10-19T1200%02dZ/notes/notes%d.md", dir, n, n)] = strings.Repeat("What was seen, in words | and bars.\n", 200)
		}
		ledger.WriteString(section(id))
		for n := range 50 {
			fmt.Fprintf(&ledger, "  * [2025-10-19] Attempt #%d — Result: success. %s\n", n+2, strings.Repeat("Words of a person. ", 9))
		}
	}
	files["docs/fix_plan.md"] = ledger.String()
	l := newLab(b, files)
	for i := range 500 {
		id := fmt.Sprintf("WORK-%03d", i/5)
		p := "plans/active/" + id + "/plan.md"
		l.put(fmt.Sprintf("plans/active/%s/reports/2025-10-20T1200%02dZ/phase_A/A%d.run.json", id, i%5, i%5),
			manifest.Predicate{Task: manifest.Task{Plan: p, ID: fmt.Sprintf("A%d", i%5), Initiative: id}, Result: manifest.Pass})
	}
	return l.root
}

func BenchmarkOpen(b *testing.B) {
	root := large(b)
	for b.Loop() {
		open(b, root)
	}
}

func BenchmarkStatus(b *testing.B) {
	w := open(b, large(b))
	for b.Loop() {
		for _, p := range w.Plans {
			for _, it := range p.Items {
				it.Standing(b.Context(), w)
				it.Name(w)
				it.EntryName(w)
			}
			for _, ph := range p.Doc.Phases {
				p.Prereqs(w, ph)
				w.Reports(p, ph)
			}
		}
	}
}
