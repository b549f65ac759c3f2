package baseline_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// reading is everything that is found in one document, read as a plan and as a ledger.
func reading(src []byte) finding.List {
	p := plan.Parse("d.md", src, plan.Tokens{})
	out := append(finding.List{}, p.Findings...)
	var sources []spec.Source
	for _, b := range p.Specs {
		sources = append(sources, spec.Source{File: "d.md", Text: b.Span.Of(src), Line: b.Line})
	}
	out = append(out, spec.Decode(sources...).Findings...)
	return append(out, ledger.Parse("d.md", src).Findings...)
}

// quietAfter holds that the baseline of one list takes all of the other out.
func quietAfter(t *testing.T, name string, before, after finding.List) {
	t.Helper()
	codes := map[finding.Code]bool{}
	for _, r := range verify.Rules() {
		codes[r.Code] = true
	}
	b := reread(t, baseline.Update(nil, before, baseline.Scope{}))
	rest, unused := b.Apply(after, baseline.Scope{Known: codes})
	for _, f := range append(rest, unused...) {
		if f.Severity > finding.Note && !baseline.Protected(f.Code) || f.Code == baseline.CodeUnused {
			t.Errorf("%s: after an edit elsewhere %v", name, f)
		}
	}
}

// One document with what makes messages that name other lines.
const messy = `## Phase A — One
| ID | Task | State |
| --- | --- | --- |
| A1 | t | [ ] |
| A1 | u | [ ] |
| A2 | wrapped
onto the next | [ ] |

## Phase A — Two
| ID | Task | State |
| --- | --- | --- |
| A3 | t | [x] |

` + "```markdown\n```sh\n```\n```\n\n```yaml planctl\nA1: {run: x, run: y}\nA1: {run: z}\ndefaults: {env: {A: b}}\ndefaults: {env: {A: c}}\n```\n\n```yaml planctl\nA1: {run: z}\ndefaults: {env: {A: c}}\n```\n" + `
## [X-1] a
- Attempts History:
  * [2025-01-01] Attempt #1 — A1 x: pass.
    Run: sha256:0000000000000000000000000000000000000000000000000000000000000000
  * [2025-01-01] Attempt #2 — A1 x: pass.
    Run: sha256:0000000000000000000000000000000000000000000000000000000000000000
## [X-1] b
## [X-1] c
`

// Lines that come above a finding, and above those that its message names, leave its entry as it is.
func TestMovedLines(t *testing.T) {
	before, after := reading([]byte(messy)), reading([]byte("# New\n\nSome text.\n\n"+messy))
	named := 0
	for _, f := range before {
		if finding.Key(f.Message) != f.Message {
			named++
		}
	}
	if named < 8 {
		t.Errorf("only %d messages name a line:\n%s", named, said(before))
	}
	quietAfter(t, "messy", before, after)
}

// The same over a whole workspace, as lint sees it.
func TestMovedLinesOfWorkspace(t *testing.T) {
	files := map[string]string{
		".planctl.yaml":    "version: 1\n",
		"plans/a.md":       "# a\n- Initiative: X-1\n" + strings.ReplaceAll(messy[:strings.Index(messy, "## [X-1]")], "run: x, run: y", "run: x"),
		"plans/b.md":       "# b [X-2]\n\n## Phase A\n- Dependencies: `docs/gone.md`\n\n| ID | Task | State |\n| --- | --- | --- |\n| R | all | [x] |\n| B1 | t | [ ] |\n\n```yaml planctl\nR: {plan: plans/b.md, phase: B}\n```\n\n## Phase B\n| ID | Task | State |\n| --- | --- | --- |\n| B2 | t | [ ] |\n| B3 | t | [ ] |\n",
		"docs/fix_plan.md": "# L\n\n| ID | Title | Status |\n| --- | --- | --- |\n| [X-1] | a | pending |\n\n## [X-1] a\n- Status: done\n- Attempts History:\n  * [2025-01-01] Attempt #1 — Result: partial\n  * [2025-01-02] Attempt #1 — Result: partial\n\n## [X-2] b\n- Status: done\n",
	}
	before := lint(t, files)
	for name, text := range files {
		if strings.HasSuffix(name, ".md") {
			files[name] = strings.Replace(text, "\n", "\n\nMore text.\n\n", 1)
		}
	}
	// One row more is open in the phase of the roll-up row, and in the plan.
	files["plans/b.md"] += "| B4 | t | [ ] |\n"
	after := lint(t, files)
	if !strings.Contains(said(before), "rows open") || !strings.Contains(said(before), "(line ") {
		t.Errorf("the workspace makes too little:\n%s", said(before))
	}
	quietAfter(t, "workspace", before, after)
}

func lint(t *testing.T, files map[string]string) finding.List {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w, err := workspace.Open(t.Context(), workspace.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return verify.Lint(w, nil)
}

// Plans and ledgers of real repositories, moved by some lines.
func TestMovedLinesOfCorpus(t *testing.T) {
	shared := os.Getenv("PLANCTL_SHARED")
	if shared == "" {
		t.Skip("PLANCTL_SHARED is not set: there are no real plans to read")
	}
	documents, found := 0, 0
	err := filepath.WalkDir(shared, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.HasPrefix(src, []byte("---")) || bytes.HasPrefix(src, []byte("\uFEFF")) {
			return nil // front matter and a BOM are what they are at the top only
		}
		before := reading(src)
		documents, found = documents+1, found+len(before)
		quietAfter(t, path, before, reading(append([]byte("\n\n\n"), src...)))
		// No document speaks to planctl yet.
		if sups, list := baseline.Suppressions(path, src, known()); len(sups)+len(list) > 0 && !bytes.Contains(src, []byte("planctl: allow")) {
			t.Errorf("%s: %v %v", path, sups, list)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if documents < 10 || found < 100 {
		t.Errorf("%d findings in %d documents", found, documents)
	}
}
