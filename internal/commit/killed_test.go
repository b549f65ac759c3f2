package commit

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

const (
	killedPlan   = "# T\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n"
	killedLedger = "# Ledger\n\n## [T-001] T\n- Attempts History:\n  * [2025-10-01] Attempt #4 — Result: by hand.\n"
)

// TestKilledHere is no test of its own: it is the process that killed kills.
func TestKilledHere(t *testing.T) {
	dir, file, when, save := os.Getenv("PLANCTL_KILLED_DIR"), os.Getenv("PLANCTL_KILLED_FILE"), os.Getenv("PLANCTL_KILLED_WHEN"), os.Getenv("PLANCTL_KILLED_SAVE")
	if dir == "" {
		t.Skip("run by other tests")
	}
	s := NewStore(dir, nil)
	s.Observe = func(path string, at Moment) {
		if path != file {
			return
		}
		if string(at) == save {
			saveAs(t, filepath.Join(dir, path), "saved just before\n")
		}
		if string(at) == when {
			if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
				t.Error(err)
			}
			select {} // the signal comes when it comes
		}
	}
	o, err := s.Begin(Intent{Key: "0123456789abcdef0123456789abcdef", Name: "plan.md#A1", RunDir: "reports/S", Manifest: "reports/S/A1.run.json",
		Entry: EntryPlace{Ledger: "fix_plan.md", Section: "T-001", Task: "A1", Title: "One"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Commit(t.Context(), Writing{Ledger: "fix_plan.md"}, func() (*Change, *manifest.Statement, error) {
		row := plan.Parse("plan.md", []byte(killedPlan), plan.Tokens{}).Task("A1")
		return &Change{ManifestPath: "reports/S/A1.run.json", Ledger: "fix_plan.md", Section: "T-001",
			Entry: ledger.Entry{Date: "2026-01-01", Number: 5, Task: "A1", Title: "One", Result: "pass", Detail: "exit 0"},
			Ticks: []Tick{{Plan: "plan.md", ID: "A1", Row: row.RowText(), From: row.Token, To: plan.Done}},
		}, manifest.New(manifest.Predicate{Result: manifest.Pass, Attempt: 5, Nonce: "0123456789abcdef0123456789abcdef"}), nil
	})
	t.Errorf("it was not killed: %v", err)
}

// killed is a workspace in which the process of TestKilledHere was killed at a moment of its edit of a file.
func killed(t *testing.T, file, when, save string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{"plan.md": killedPlan, "fix_plan.md": killedLedger, "reports/S/A1.log": ""} {
		put(t, filepath.Join(dir, name), text)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, "-test.run=^TestKilledHere$")
	c.Env = append(os.Environ(), "PLANCTL_KILLED_DIR="+dir, "PLANCTL_KILLED_FILE="+file, "PLANCTL_KILLED_WHEN="+when, "PLANCTL_KILLED_SAVE="+save)
	out, err := c.CombinedOutput()
	if ws, ok := c.ProcessState.Sys().(syscall.WaitStatus); err == nil || !ok || ws.Signal() != syscall.SIGKILL {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// saveAs is an editor's save by renaming: what it loaded, which planctl's own words may be in, and a line more.
func saveAs(t *testing.T, path, text string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = errors.Join(os.WriteFile(path+".person", append(b, text...), 0o644), os.Rename(path+".person", path))
	}
	if err != nil {
		t.Error(err)
	}
}

// A process that is killed at any moment of a replacement, whatever people save before and after, leaves what recover can put
// in order: no byte that a person saved is lost, nothing is left under a temporary name, and entry and tick come, or do not
// come back where a person took them away.
func TestKilledWhileReplacing(t *testing.T) {
	const nobody, again, away, back = "nobody saves after", "somebody saves again", "somebody takes the file away", "somebody puts the old file back"
	for _, file := range []string{"fix_plan.md", "plan.md"} {
		for _, when := range []atomicfile.Moment{atomicfile.Written, atomicfile.Compared, atomicfile.Exchanged, atomicfile.Looked, atomicfile.Returned} {
			for _, save := range []string{"", string(WasRead), string(atomicfile.Compared)} {
				if save == "" && when == atomicfile.Returned || save == string(WasRead) && when != atomicfile.Written ||
					save == string(atomicfile.Compared) && (when == atomicfile.Written || when == atomicfile.Looked) {
					continue // it never comes to that, or is much the same
				}
				for _, after := range []string{nobody, again, away, back} {
					t.Run(fmt.Sprintf("%s %s, saved when %q, %s", file, when, save, after), func(t *testing.T) {
						dir := killed(t, file, string(when), save)
						path := filepath.Join(dir, file)
						old := map[string]string{"plan.md": killedPlan, "fix_plan.md": killedLedger}
						was, err := os.ReadFile(path)
						if err != nil {
							t.Fatal(err)
						}
						switch after {
						case again:
							saveAs(t, path, "saved after\n")
						case away:
							err = os.Remove(path)
						case back:
							err = errors.Join(os.Remove(path), os.WriteFile(path, []byte(old[file]), 0o644))
						}
						if err != nil {
							t.Fatal(err)
						}
						s := NewStore(dir, nil)
						var said []string
						for range 2 {
							rs, err := s.Recover(t.Context(), Writing{Ledger: "fix_plan.md"}, time.Now())
							if err != nil {
								t.Fatal(err)
							}
							for _, r := range rs {
								said = append(said, r.Did+": "+r.Why)
							}
						}
						// Without a ledger an entry that is not in it waits, however often it is tried.
						waits := after == away && len(said) > 0 && strings.HasPrefix(said[0], "kept: fix_plan.md: the file is gone")
						if len(said) != 1 && !waits || waits && (len(said) != 2 || said[0] != said[1]) {
							t.Errorf("recovered %q", said)
						}
						held(t, dir, file, string(was), save, after == again, said)
						if after == nobody || after == again {
							for name, want := range map[string]string{"plan.md": "| [x] |", "fix_plan.md": "Attempt #5 — A1 One: pass"} {
								if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || strings.Count(string(b), want) != 1 {
									t.Errorf("%s: %s, %v, %q", name, b, err, said)
								}
							}
						}
						undone := map[string]string{"plan.md": "[x]", "fix_plan.md": "Attempt #5"}[file]
						if b, err := os.ReadFile(path); after == away && err == nil || after == back && strings.Contains(string(was), undone) && strings.Contains(string(b), undone) {
							t.Errorf("brought back: %s, %q", b, said)
						}
					})
				}
			}
		}
	}
}

// held holds a directory to it that whatever people saved is there, seen by everybody, and nothing that is only planctl's.
func held(t *testing.T, dir, file, was, save string, again bool, said []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, kept := "", 0
	for _, e := range entries {
		if atomicfile.IsTemp(e.Name()) {
			t.Errorf("left behind: %s, %q", e.Name(), said)
		}
		if !strings.HasPrefix(e.Name(), file) {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if all += string(b); e.Name() != file {
			if kept++; !strings.Contains(strings.Join(said, "\n"), e.Name()) {
				t.Errorf("%s is kept, and nobody says so: %q", e.Name(), said)
			}
		}
	}
	// What stood in the file when a person took it away or put another in its place was theirs to take.
	if save != "" && !strings.Contains(was, "saved just before\n") && !strings.Contains(all, "saved just before\n") || again && !strings.Contains(all, "saved after\n") {
		t.Errorf("what a person saved is lost: %s, %q", all, said)
	}
	if kept > 1 || save == "" && kept > 0 {
		t.Errorf("%d files are kept, %q", kept, said)
	}
}
