package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

const runA, runB = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

const book = `# Fix plan

## [T-001] Work
- Status: in_progress
- Attempts History:
  * [2025-01-01] Attempt #1 — Result: success. Began.
    Metrics: 3 of 4.
    Artifacts: ` + "`reports/a.log`" + `
    Next Actions: go on with B.
  * [2025-01-02] Attempt #2 — A1 First: pass (exit 0, 1.00 s).
    Command: ` + "`make a`" + `
    Criteria: 1/1 — ` + "`exit == 0`" + `
    Run: ` + runA + `
  * [2025-01-03] Attempt #3 — A2 Second: fail (exit 1, 2.00 s).
    Command: ` + "`make b`" + `
    Run: ` + runB + `
- Next Actions: none.

## [T-002] Other work
- Attempts History:
  * [2025-02-01] Attempt #1 — Result: partial. Looked.
`

func snapshot(texts ...string) Snapshot {
	var s Snapshot
	for i, t := range texts {
		name := "docs/fix_plan.md"
		if i > 0 {
			name = fmt.Sprintf("docs/archive%d.md", i)
		}
		s.Ledgers = append(s.Ledgers, Ledger{name, ledger.Parse(name, []byte(t))})
	}
	return s
}

func codes(base, head Snapshot) string {
	var out []string
	for _, f := range Compare(base, head) {
		out = append(out, strings.TrimPrefix(string(f.Code), "history-"))
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

func edit(old, now string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, old) {
			panic("nothing to edit: " + old)
		}
		return strings.Replace(s, old, now, 1)
	}
}

// TestAttempts: each deed has its name, and what people may do has none.
func TestAttempts(t *testing.T) {
	second := book[strings.Index(book, "  * [2025-01-02]"):strings.Index(book, "  * [2025-01-03]")]
	third := book[strings.Index(book, "  * [2025-01-03]"):strings.Index(book, "- Next Actions: none")]
	first := book[strings.Index(book, "  * [2025-01-01]"):strings.Index(book, "  * [2025-01-02]")]
	sectionTwo := book[strings.Index(book, "## [T-002]"):]
	for _, c := range []struct {
		name, want string
		edit       func(string) string
	}{
		{"nothing", "", func(s string) string { return s }},
		{"a new attempt", "", edit("- Next Actions: none.", "  * [2025-01-04] Attempt #4 — Result: success. More.\n- Next Actions: none.")},
		{"a new attempt in between", "", edit("  * [2025-01-02]", "  * [2025-01-04] Attempt #9 — Result: success. Merged in.\n  * [2025-01-02]")},
		{"lines under an entry", "", edit("    Run: "+runA+"\n", "    Run: "+runA+"\n    Ana looked at it.\n")},
		{"lines inside an entry by hand", "", edit("    Metrics", "    By: Ana\n    Metrics")},
		{"a status and the next actions of a section", "", func(s string) string {
			return edit("in_progress", "done")(edit("Next Actions: none.", "Next Actions: celebrate.")(s))
		}},
		{"indentation, bullets and line ends", "", func(s string) string {
			return strings.ReplaceAll(strings.ReplaceAll(s, "  * [", "- ["), "\n", "\r\n")
		}},
		{"a section's title and place", "", func(s string) string {
			s = edit(sectionTwo, "")(s)
			return edit("## [T-001] Work", strings.Replace(sectionTwo, "Other work", "Another title", 1)+"\n## [T-001] Work")(s)
		}},
		{"deleted", "attempt-deleted", edit(second, "")},
		{"deleted by hand", "attempt-deleted", edit(first, "")},
		{"a section deleted", "section-deleted", edit(sectionTwo, "")},
		{"renumbered", "attempt-number", edit("Attempt #2", "Attempt #7")},
		{"another date", "attempt-date", edit("2025-01-02", "2025-01-09")},
		{"another result", "attempt-result", edit("A2 Second: fail", "A2 Second: pass")},
		{"another result by hand", "attempt-result", edit("Result: success", "Result: failed")},
		{"another run", "attempt-run", edit("Run: "+runA, "Run: sha256:"+strings.Repeat("c", 64))},
		{"the run line gone", "attempt-truncated", edit("    Run: "+runA+"\n", "")},
		{"next actions rewritten", "attempt-rewritten", edit("go on with B", "stop")},
		{"a command rewritten", "attempt-rewritten", edit("`make a`", "`true`")},
		{"a second criteria line", "attempt-rewritten", edit("    Run: "+runA, "    Criteria: 9/9\n    Run: "+runA)},
		{"truncated", "attempt-truncated", edit("    Artifacts: `reports/a.log`\n    Next Actions: go on with B.\n", "")},
		{"a line taken out of the middle", "attempt-lines", edit("    Metrics: 3 of 4.\n", "")},
		{"pasted into the middle", "attempt-split", edit("    Artifacts: `rep", "  * [2025-01-05] Attempt #8 — Result: success. Pasted.\n    Artifacts: `rep")},
		{"welded", "attempt-welded", edit(second+third, "  * [2025-01-02] Attempt #2 — A1 First: pass (exit 0, 1.00 s).\n    Command: `make a`\n    Criteria: 1/1 — `exit == 0`\n    Run: "+runA+"\n    Command: `make b`\n    Run: "+runB+"\n")},
		{"reordered", "attempt-order", edit(second+third, third+second)},
		{"into another section", "attempt-moved", func(s string) string { return edit(first, "")(s) + first }},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := snapshot(c.edit(book))
			if got := codes(snapshot(book), head); got != c.want {
				t.Errorf("got %q, want %q: %v", got, c.want, Compare(snapshot(book), head))
			}
		})
	}
	if got := codes(snapshot(book), snapshot(edit(sectionTwo, "")(book), "# Archive\n\n"+sectionTwo)); got != "" {
		t.Errorf("a section moved to an archive: %s", got)
	}
}

func TestManifests(t *testing.T) {
	one, two := Manifest{Path: "a.run.json", Digest: runA}, Manifest{Path: "a.run.json", Digest: runB}
	moved := Manifest{Path: "archive/a.run.json", Digest: runA}
	for _, c := range []struct {
		base, head []Manifest
		want       string
	}{
		{nil, []Manifest{one}, ""},
		{[]Manifest{one}, []Manifest{moved}, ""},
		{[]Manifest{one}, []Manifest{two}, "manifest-changed"},
		{[]Manifest{one}, nil, "manifest-deleted"},
	} {
		if got := codes(Snapshot{Manifests: c.base}, Snapshot{Manifests: c.head}); got != c.want {
			t.Errorf("%v → %v: %q, want %q", c.base, c.head, got, c.want)
		}
	}
}

const rows = "# P\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | one | [x] |\n| A2 | two | [ ] |\n| A3 | three | [ ] |\n"

func planned(text string, commands ...string) Snapshot {
	p := Plan{Path: "plans/p.md", Initiative: "T-001", Doc: plan.Parse("plans/p.md", []byte(text), plan.Tokens{}), Commands: map[string]bool{}}
	for _, c := range commands {
		p.Commands[c] = true
	}
	return Snapshot{Plans: []Plan{p}}
}

func TestRows(t *testing.T) {
	ticked := edit("| A2 | two | [ ]", "| A2 | two | [x]")(rows)
	with := func(s Snapshot, entry string) Snapshot {
		s.Ledgers = snapshot("# L\n\n## [T-001] x\n- Attempts History:\n  * [2025-01-01] Attempt #1 — " + entry + "\n").Ledgers
		return s
	}
	rolled := with(planned(ticked), "Z9 other: pass (exit 0, 1.00 s).\n    Run: "+runA)
	rolled.Manifests = []Manifest{{Path: "z.run.json", Digest: runA, Doc: &manifest.Statement{Predicate: manifest.Predicate{Result: manifest.Pass, Rollup: []string{"plans/p.md#A2"}}}}}
	moved := planned(ticked)
	moved.Plans[0].Path = "plans/archive/p.md"
	for _, c := range []struct {
		name       string
		base, head Snapshot
		want       string
	}{
		{"nothing", planned(rows), planned(rows), ""},
		{"ticked without a word", planned(rows), planned(ticked), "tick-unnamed"},
		{"ticked and named", planned(rows), with(planned(ticked), "A2 two: pass (exit 0, 1.00 s)."), ""},
		{"named by hand, below", planned(rows), with(planned(ticked), "Result: success.\n    Closed A2 with Ana."), ""},
		{"its phase is named by hand", planned(rows), with(planned(ticked), "Result: success. Phase A is complete."), ""},
		{"a longer ID is named", planned(rows), with(planned(ticked), "Result: success. A22 and A2.1."), "tick-unnamed"},
		{"rolled up", planned(rows), rolled, ""},
		{"moved and ticked", planned(rows), moved, "tick-unnamed"},
		{"a new plan that is done", Snapshot{}, planned(rows), "tick-unnamed"},
		{"skipped without a word", planned(rows), planned(edit("| A2 | two | [ ]", "| A2 | two | [-]")(rows)), "skip-unnamed"},
		{"skipped and named", planned(rows), with(planned(edit("| A2 | two | [ ]", "| A2 | two | [-]")(rows)), "A2 two: skipped."), ""},
		{"a row deleted", planned(rows), planned(edit("| A3 | three | [ ] |\n", "")(rows)), "row-deleted"},
		{"a row renamed", planned(rows), planned(edit("| A3 |", "| A4 |")(rows)), ""},
		{"a plan deleted", planned(rows), Snapshot{}, "plan-deleted"},
		{"a command lost", planned(rows, "A2"), with(planned(ticked), "A2 two: done."), "command-lost"},
		{"a command kept", planned(rows, "A2"), with(planned(ticked, "A2"), "A2 two: done."), ""},
	} {
		if got := codes(c.base, c.head); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCorpus: a real ledger says nothing against itself, and each of its attempts is missed where it is taken out or edited.
func TestCorpus(t *testing.T) {
	shared := os.Getenv("PLANCTL_SHARED")
	if shared == "" {
		t.Skip("PLANCTL_SHARED is not set: there are no real ledgers to compare")
	}
	files, err := filepath.Glob(filepath.Join(shared, "corpus", "ledger", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no ledgers: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		base := snapshot(string(b))
		if got := Compare(base, snapshot(string(b))); len(got) > 0 {
			t.Errorf("%s against itself: %v", filepath.Base(file), got[0])
		}
		attempts := base.Ledgers[0].Doc.Attempts()
		for i := 0; i < len(attempts); i += max(1, len(attempts)/12) {
			span := attempts[i].Span
			without := string(b[:span.Start]) + string(b[span.End:])
			if got := codes(base, snapshot(without)); got == "" {
				t.Errorf("%s:%d: nobody misses the attempt", filepath.Base(file), attempts[i].Line)
			}
			middle := (span.Start + span.End) / 2
			for middle < span.End && b[middle] <= ' ' {
				middle++
			}
			if middle == span.End || b[middle] >= 0x80 {
				continue
			}
			edited := string(b[:middle]) + "~" + string(b[middle+1:])
			if got := codes(base, snapshot(edited)); got == "" && b[middle] != '~' {
				t.Errorf("%s:%d: nobody sees the edit of byte %d", filepath.Base(file), attempts[i].Line, middle)
			}
		}
	}
}

// FuzzCompare: two documents never make it fall over, and one against itself says nothing.
func FuzzCompare(f *testing.F) {
	f.Add(book, book+"  * [2025-01-01] Attempt #9 — x\n")
	f.Add(book, "")
	f.Add("## [A-1] x\n- Attempts History:\n  * Attempt #1\n  * Attempt #1\n", "## [A-1] x\n- Attempts History:\n  * Attempt #1\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		Compare(snapshot(a), snapshot(b))
		if got := Compare(snapshot(a), snapshot(a)); len(got) > 0 {
			t.Fatalf("against itself: %v", got)
		}
	})
}
