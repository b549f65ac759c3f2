package commit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A manifest that a person changed after the crash is left as it is, and so is what would stand on it: recover once recorded
// the run a second time, as interrupted, with a manifest that no entry names.
func TestManifestChangedSince(t *testing.T) {
	for _, file := range []string{"fix_plan.md", "plan.md"} { // killed before it is entered, and before it is ticked
		t.Run(file, func(t *testing.T) {
			dir := killed(t, file, string(WasRead), "")
			saveAs(t, filepath.Join(dir, "reports/S/A1.run.json"), "\n")
			was := texts(t, dir)
			s := NewStore(dir, nil)
			rs, err := s.Recover(t.Context(), Writing{Ledger: "fix_plan.md"}, time.Now())
			if err != nil || len(rs) != 1 || !strings.Contains(rs[0].Why, "reports/S/A1.run.json was changed since") {
				t.Errorf("recovered %+v, %v", rs, err)
			}
			now := texts(t, dir)
			for name, text := range now {
				if was[name] != text {
					t.Errorf("%s was %q and is %q", name, was[name], text)
				}
			}
			if len(was) != len(now) {
				t.Errorf("there were %d files, and are %d", len(was), len(now))
			}
			if open, err := s.Intents(); err != nil || len(open) != 0 {
				t.Errorf("%d intents are left, %v", len(open), err)
			}
		})
	}
}

// What a command names like a temporary file is the command's: of those in the run's directory only the ones that planctl
// makes there are taken away.
func TestRunDirSwept(t *testing.T) {
	const digits = ".planctl-0123456789abcdef"
	dir := killed(t, "fix_plan.md", string(WasRead), "")
	stays := []string{".A1.log" + digits, ".out.patch" + digits, ".A1.run.json.x" + digits}
	goes := []string{".A1.run.json" + digits, ".A1.patch" + digits}
	for _, name := range slices.Concat(stays, goes) {
		put(t, filepath.Join(dir, "reports/S", name), "x")
	}
	if _, err := NewStore(dir, nil).Recover(t.Context(), Writing{Ledger: "fix_plan.md"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, name := range stays {
		if _, err := os.Lstat(filepath.Join(dir, "reports/S", name)); err != nil {
			t.Errorf("it was the command's: %v", err)
		}
	}
	for _, name := range goes {
		if _, err := os.Lstat(filepath.Join(dir, "reports/S", name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left behind: %v", name, err)
		}
	}
}

// texts is every file of a workspace but planctl's own.
func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.md", "reports/*/*"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = string(b)
		}
	}
	return all
}

// What a newer planctl says of a run this one cannot know to be without meaning: its intent is left to that one.
func TestNewerIntent(t *testing.T) {
	const known = `{"intent":{"key":"k1","name":"plan.md#A1","pid":0,"run_dir":"reports/S","manifest":"reports/S/A1.run.json","log":"","begun":"2025-01-01T00:00:00Z","entry":{"ledger":"fix_plan.md","section":"T-001","title":"One","task":"A1"}}}` + "\n"
	for name, c := range map[string]struct {
		text string
		kept bool
	}{
		"a line of another kind": {known + `{"undo":{"of":"ledger"}}` + "\n", true},
		"another step":           {known + `{"step":"sealed"}` + "\n", true},
		"another first line":     {`{"plan":{"key":"k1"}}` + "\n", true},
		"all is known":           {known + `{"scratch":"/nowhere"}` + "\n" + `{"step":"tick plan.md#A1"}` + "\n", false},
		"a torn line":            {known + `{"undo":{"of"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{"plan.md": killedPlan, "fix_plan.md": killedLedger} {
				put(t, filepath.Join(dir, name), text)
			}
			s := NewStore(dir, nil)
			path := filepath.Join(s.Dir, "intents", "k1.jsonl")
			put(t, path, c.text)
			rs, err := s.Recover(t.Context(), Writing{Ledger: "fix_plan.md"}, time.Now())
			if err != nil || len(rs) != 1 {
				t.Fatalf("recovered %+v, %v", rs, err)
			}
			if kept := rs[0].Did == "kept" && strings.Contains(rs[0].Why, path); kept != c.kept || there(t, path) != c.kept {
				t.Errorf("%s: %s; the intent is there: %v", rs[0].Did, rs[0].Why, there(t, path))
			}
			if b, err := os.ReadFile(filepath.Join(dir, "fix_plan.md")); err != nil || (string(b) == killedLedger) != c.kept {
				t.Errorf("the ledger is\n%s, %v", b, err)
			}
		})
	}
}
