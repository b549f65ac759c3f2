package workspace

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shared is the folder of real documents, which are no part of the repository.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("PLANCTL_SHARED")
	if dir == "" {
		t.Skip("PLANCTL_SHARED names no folder with the seed and the corpus")
	}
	return dir
}

// layouts spreads files whose names begin with a blob's digits over as few
// trees as hold every version of every path once.
func layouts(t *testing.T, pattern string) []map[string]string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", pattern, err)
	}
	slices.Sort(files)
	var out []map[string]string
	for _, f := range files {
		_, name, _ := strings.Cut(filepath.Base(f), "__")
		name = strings.ReplaceAll(name, "__", "/")
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(out, func(m map[string]string) bool { _, taken := m[name]; return !taken })
		if i < 0 {
			out = append(out, map[string]string{})
			i = len(out) - 1
		}
		out[i][name] = string(text)
	}
	return out
}

// expected is how many rows a person counts in the document.
func expected(t *testing.T, dir, name, text string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "corpus/plans/*__"+strings.ReplaceAll(name, "/", "__")))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || string(b) != text {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, "corpus/expected", strings.TrimSuffix(filepath.Base(f), ".md")+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Rows []any }
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		return len(doc.Rows)
	}
	t.Fatalf("%s is no document of the corpus", name)
	return 0
}

// Every document of the corpus in which a person counts rows is found as a plan, and no other is; the
// links of those that name an ID lead there.
func TestCorpus(t *testing.T) {
	dir := shared(t)
	ledgers := layouts(t, filepath.Join(dir, "corpus/ledger/*.md"))
	for n, files := range layouts(t, filepath.Join(dir, "corpus/plans/*.md")) {
		files["docs/fix_plan.md"] = ledgers[n%len(ledgers)]["docs/fix_plan.md"]
		w := openFiles(t, files)
		for name := range files {
			if !strings.HasPrefix(name, "plans/") {
				continue
			}
			if rows, found := expected(t, dir, name, files[name]), w.byPath[name]; rows > 0 && (found == nil || len(found.Items) != rows) || rows == 0 && found != nil {
				t.Errorf("%s: a person counts %d rows; found: %v", name, rows, found != nil)
			}
		}
		for _, p := range w.Plans {
			t.Logf("%d %-55s %-28s %-9s %3d rows  %s", n, p.Path, p.Link.ID, p.Link.Source, len(p.Items), p.Link.Doubt)
			for _, c := range p.Link.Candidates {
				t.Logf("      %-10s %s (%s)", c.Source, c.ID, c.Where)
			}
			for _, ph := range p.Doc.Phases {
				if ph.Prereqs.Text == "" {
					continue
				}
				pre := p.Prereqs(w, ph)
				var ids []string
				for _, g := range pre.Phases {
					id := g.Phase.ID
					if g.Plan != p {
						id = g.Plan.Path + "#" + id
					}
					ids = append(ids, id)
				}
				t.Logf("      %s ← %v shown %v: %.150s", ph.ID, ids, pre.Elsewhere, ph.Prereqs.Text)
			}
		}
		for _, f := range w.Findings {
			t.Logf("   %s", f.Error())
		}
	}
}
