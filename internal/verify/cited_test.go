package verify

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/workspace"
)

// TestCited: a path that an entry cites and that is not there is named; one that the entry itself says is not there, and one
// that stands elsewhere than at the workspace's top, is not.
func TestCited(t *testing.T) {
	for _, c := range []struct{ name, entry, gone string }{
		{"one", "Artifacts: `reports/a.txt`", "reports/a.txt"},
		{"in a list below", "Artifacts:\n      - `reports/a.txt` — the log\n      - `reports/b.txt` (CPU)", "reports/a.txt reports/b.txt"},
		{"there", "Artifacts: `reports/here.txt`", ""},
		{"bold", "**Artifacts:** `reports/a.txt`", "reports/a.txt"},
		{"key in bold, list below", "**Artifacts:**\n      - `reports/a.txt`", "reports/a.txt"},
		{"a dash before the path", "Artifacts: — `reports/a.txt`", "reports/a.txt"},

		{"none", "Artifacts: None — findings recorded in `reports/a.md` (Phase 3 notes).", ""},
		{"none yet", "Artifacts: None yet; must create `reports/routing/audit.txt` during Phase A.", ""},
		{"none, and a list below", "Artifacts: None yet\n      - `reports/a.txt` is where it goes", ""},
		{"n/a", "Artifacts: n/a (see `reports/a.md`).", ""},
		{"pending", "Artifacts: Pending re-run of Phase A logs (`reports/routing/audit.txt`).", ""},
		{"pending, in bold", "**Artifacts:** *pending* `reports/a.txt`", ""},
		{"TBD", "Artifacts: TBD `reports/a.txt`", ""},
		{"a dash", "Artifacts: —\n      - `reports/a.txt`", ""},
		{"to be captured", "Artifacts: To be captured in `reports/a.txt`", ""},
		{"to capture", "Artifacts: (to capture) `reports/a.txt` (once the snippet runs).", ""},
		{"pending under", "Artifacts: baseline metrics pending under `reports/a.txt`, `reports/b.txt` and `reports/c.txt`.", ""},
		{"pending behind", "Artifacts: `reports/a.txt` (pending, see A3), `reports/b.txt` — to be captured", ""},
		{"one is pending", "Artifacts: `reports/a.txt` (pending); `reports/b.txt`", "reports/b.txt"},
		{"pending, and another", "Artifacts: log to be captured under `reports/a.txt`; numbers in `reports/b.txt`", "reports/b.txt"},
		{"removed", "Artifacts: `reports/a.txt` (removed in the next attempt)", ""},
		{"what was removed from it", "Artifacts: `reports/a.txt` — Removed 70 lines of the cache", "reports/a.txt"},
		{"an item is pending", "Artifacts:\n      - Pending: `reports/a.txt`\n      - `reports/b.txt`", "reports/b.txt"},

		{"a name that only begins so", "Artifacts: nonevents in `reports/a.txt`", "reports/a.txt"},
		{"a file's name is no word", "Artifacts: `reports/pending.txt`", "reports/pending.txt"},
		{"words about its content", "Artifacts: `reports/a.txt` (decision memo, PROVISIONAL pending P3)", "reports/a.txt"},
		{"words of another key", "Status: pending\n    Artifacts: `reports/a.txt`", "reports/a.txt"},

		{"from the ledger's folder", "Artifacts: `notes/there.md`, `../reports/here.txt`, `../reports/a.txt`", "reports/a.txt"},
		{"out of the workspace", "Artifacts: `../../elsewhere/a.txt`", ""},
		{"from the plan's folder and its reports", "Artifacts: `data/in.csv`, `2025-01-01T000000Z/run.log`, `reports/2025-01-01T000000Z/run.log`, `2025-01-01T000000Z/b.log`", "2025-01-01T000000Z/b.log"},
		{"from a directory that the entry names", "Artifacts: bundle `store/run7/`: `logs/c.log`, `logs/d.log`", "logs/d.log"},
		{"from a directory that another entry names", "Artifacts: `logs/c.log`", "logs/c.log"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{
				".planctl.yaml": "version: 1\n", "reports/here.txt": "x", "docs/notes/there.md": "x", "store/run7/logs/c.log": "x",
				"plans/active/one/plan.md": planOf("A1: {run: echo}\n", "A1"), "plans/active/one/data/in.csv": "x", "plans/active/one/reports/2025-01-01T000000Z/run.log": "x",
				"docs/fix_plan.md": "# Ledger\n\n## [P-001] P\n- Attempts History:\n  * [2025-01-01] Attempt #1 — measured: success\n    " + c.entry + "\n",
			} {
				p := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			w, err := workspace.Open(context.Background(), workspace.Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			res, err := Verify(context.Background(), w, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var gone []string
			for _, f := range res.Findings {
				if f.Code == CodeCited {
					_, said, _ := strings.Cut(f.Message, " cites ")
					gone = append(gone, strings.TrimSuffix(said, ", which is not there"))
				}
			}
			slices.Sort(gone)
			if got := strings.Join(gone, " "); got != c.gone {
				t.Errorf("%s\n got %q\nwant %q", c.entry, got, c.gone)
			}
		})
	}
}
