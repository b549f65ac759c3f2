package plan

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
)

// want is what an independent reader found in a plan.
type want struct {
	Rows []struct {
		Phase, ID, Token string
		Line             int
	}
	Disagreements []struct {
		Kind string
		Line int
	}
}

// shared is the folder with real documents that are not part of the repository.
func shared(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("PLANCTL_SHARED")
	if dir == "" {
		t.Skip("PLANCTL_SHARED is not set: it names the folder that holds the corpus of real documents")
	}
	return dir
}

func TestCorpus(t *testing.T) {
	dir := filepath.Join(shared(t), "corpus")
	files, err := filepath.Glob(filepath.Join(dir, "plans", "*.md"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d plans in the corpus: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(dir, "expected", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var w want
			if err := json.Unmarshal(data, &w); err != nil {
				t.Fatal(err)
			}
			p := Parse(name+".md", src, Tokens{})
			got := p.Tasks()
			for i := range max(len(got), len(w.Rows)) {
				switch {
				case i >= len(got):
					t.Fatalf("row %v is missing", w.Rows[i])
				case i >= len(w.Rows):
					t.Fatalf("row %s at line %d is too many", got[i].ID, got[i].Line)
				}
				g, e := got[i], w.Rows[i]
				if g.ID != e.ID || g.Token != e.Token || g.Line != e.Line || g.Phase.Heading != e.Phase {
					t.Fatalf("read %s %s line %d phase %q; want %+v", g.ID, g.Token, g.Line, g.Phase.Heading, e)
				}
				if g.TokenSpan.Of(src) == nil || string(g.TokenSpan.Of(src)) != g.Token {
					t.Errorf("span of %s is %q", g.ID, g.TokenSpan.Of(src))
				}
				if (g.State != Unknown) != (p.tokens.State(e.Token) != Unknown) {
					t.Errorf("state of %s %s is %s", g.ID, e.Token, g.State)
				}
			}
			for _, d := range w.Disagreements {
				if !hasFinding(p, d.Line) {
					t.Errorf("no finding on line %d, where readings disagree (%s)", d.Line, d.Kind)
				}
			}
			if p.Unreadable() {
				t.Errorf("unreadable: %v", p.Findings.Errors())
			}
		})
	}
}

func hasFinding(p *Plan, line int) bool {
	for _, f := range p.Findings {
		if f.Line == line && f.Severity >= finding.Warning {
			return true
		}
	}
	return false
}
