package ledger

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpus is the folder of real ledgers with what a person reads in them.
func corpus(t testing.TB) string {
	dir := os.Getenv("PLANCTL_SHARED")
	if dir == "" {
		t.Skip("PLANCTL_SHARED is not set: no corpus of real ledgers here")
	}
	return filepath.Join(dir, "corpus")
}

type wanted struct {
	Kind     string
	Sections []struct {
		ID   string
		Line int
	}
	Attempts []struct {
		Section string
		Number  int
		Date    string
		Line    int
	}
}

func ledgers(t testing.TB) []string {
	names, err := filepath.Glob(filepath.Join(corpus(t), "ledger", "*.md"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no ledgers in the corpus: %v", err)
	}
	return names
}

func TestCorpus(t *testing.T) {
	for _, name := range ledgers(t) {
		base := strings.TrimSuffix(filepath.Base(name), ".md")
		t.Run(base, func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(corpus(t), "expected", base+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want wanted
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			l := Parse(base+".md", src)
			type sec struct {
				id   string
				line int
			}
			secs := map[sec]bool{}
			for _, s := range want.Sections {
				secs[sec{s.ID, s.Line}] = true
			}
			for _, s := range l.Sections {
				if k := (sec{s.ID, s.Line}); !secs[k] {
					t.Errorf("line %d: section %q is none", s.Line, s.ID)
				} else {
					delete(secs, k)
				}
			}
			for k := range secs {
				t.Errorf("line %d: section %q missing", k.line, k.id)
			}
			type att struct {
				section string
				number  int
				date    string
				line    int
			}
			atts := map[att]bool{}
			for _, a := range want.Attempts {
				atts[att{a.Section, a.Number, a.Date, a.Line}] = true
			}
			for _, a := range l.Attempts() {
				if k := (att{a.Section.ID, a.Number, a.Date, a.Line}); !atts[k] {
					t.Errorf("line %d: attempt %+v is not wanted: %.60s", a.Line, k, a.Text)
				} else {
					delete(atts, k)
				}
			}
			for k := range atts {
				t.Errorf("attempt %+v missing", k)
			}
			for _, f := range l.Findings {
				t.Log(f)
			}
		})
	}
}
