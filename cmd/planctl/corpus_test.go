package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// expected is what a person reads in a document of the corpus.
type expected struct {
	Kind string
	Rows []struct {
		Phase, ID, Token string
		Line             int
	}
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

// inspected is what planctl inspect prints, as far as this test looks.
type inspected struct {
	Schema, Kind string
	Phases       []struct {
		Tasks []struct {
			ID, Token, Heading string
			Line, Start, End   int
		}
	}
	Sections []struct {
		ID       string
		Line     int
		Attempts []struct {
			Number, Line int
			Date         string
		}
	}
}

// TestInspectTheCorpus holds the command's output to what a person reads in real plans and ledgers.
func TestInspectTheCorpus(t *testing.T) {
	shared := os.Getenv("PLANCTL_SHARED")
	if shared == "" {
		t.Skip("PLANCTL_SHARED is not set: there are no real plans to read")
	}
	files, err := filepath.Glob(filepath.Join(shared, "corpus", "*", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(shared, "corpus", "expected", strings.TrimSuffix(filepath.Base(f), ".md")+".json"))
		if err != nil {
			continue // README.md is no document of the corpus
		}
		var want expected
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatal(err)
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		if code := run(context.Background(), []string{"inspect", "--json", f}, stdio{In: strings.NewReader(""), Out: &out, Err: &errs}); code != 0 {
			t.Errorf("%s: exit %d: %s", filepath.Base(f), code, errs.String())
			continue
		}
		var got inspected
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if want.Kind == "plan" {
			comparePlan(t, filepath.Base(f), src, want, got)
		} else {
			compareLedger(t, filepath.Base(f), want, got)
		}
	}
}

func comparePlan(t *testing.T, name string, src []byte, want expected, got inspected) {
	t.Helper()
	type row struct {
		heading, id, token string
		line               int
	}
	seen := map[row]int{}
	for _, ph := range got.Phases {
		for _, k := range ph.Tasks {
			seen[row{k.Heading, k.ID, k.Token, k.Line}]++
			if string(src[k.Start:k.End]) != k.Token {
				t.Errorf("%s:%d: bytes %d to %d are %q, not the token %q", name, k.Line, k.Start, k.End, src[k.Start:k.End], k.Token)
			}
		}
	}
	for _, r := range want.Rows {
		k := row{r.Phase, r.ID, r.Token, r.Line}
		if seen[k]--; seen[k] < 0 {
			t.Errorf("%s:%d: row %s %s under %q is not read so", name, r.Line, r.ID, r.Token, r.Phase)
		}
	}
	for k, n := range seen {
		if n > 0 {
			t.Errorf("%s:%d: row %s %s under %q is read, and no person reads it", name, k.line, k.id, k.token, k.heading)
		}
	}
}

func compareLedger(t *testing.T, name string, want expected, got inspected) {
	t.Helper()
	if got.Kind != "ledger" {
		t.Errorf("%s is read as %s", name, got.Kind)
		return
	}
	type entry struct {
		section, date string
		number, line  int
	}
	sections, entries := map[string]int{}, map[entry]int{}
	for _, s := range got.Sections {
		sections[s.ID]++
		for _, a := range s.Attempts {
			entries[entry{s.ID, a.Date, a.Number, a.Line}]++
		}
	}
	for _, s := range want.Sections {
		if sections[s.ID]--; sections[s.ID] < 0 {
			t.Errorf("%s:%d: section %s is not read", name, s.Line, s.ID)
		}
	}
	for _, a := range want.Attempts {
		k := entry{a.Section, a.Date, a.Number, a.Line}
		if entries[k]--; entries[k] < 0 {
			t.Errorf("%s:%d: attempt #%d of %s is not read so", name, a.Line, a.Number, a.Section)
		}
	}
	for k, n := range entries {
		if n > 0 {
			t.Errorf("%s:%d: attempt #%d of %s is read, and no person reads it", name, k.line, k.number, k.section)
		}
	}
}
