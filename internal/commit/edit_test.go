package commit

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// A person who saves while planctl is about to write keeps what they wrote: the change is made again on it.
func TestEditKeepsWhatAPersonSaved(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "fix_plan.md")
	if err := os.WriteFile(path, []byte("a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := NewStore(dir, nil)
	calls := 0
	err := s.Edit(context.Background(), "fix_plan.md", "test", func(src []byte) ([]byte, error) {
		if calls++; calls == 1 {
			if err := os.WriteFile(path, append(src, "person\n"...), 0o644); err != nil {
				return nil, err
			}
		}
		return append(src, "planctl\n"...), nil
	})
	got, rerr := os.ReadFile(path)
	if err != nil || rerr != nil || string(got) != "a\nperson\nplanctl\n" || calls != 2 {
		t.Errorf("%q after %d calls, %v, %v", got, calls, err, rerr)
	}
	// A file that never rests is a conflict, and the person's bytes stand.
	err = s.Edit(context.Background(), "fix_plan.md", "test", func(src []byte) ([]byte, error) {
		return []byte("planctl's\n"), os.WriteFile(path, append(src, 'x'), 0o644)
	})
	var conflict *ConflictError
	if got, _ := os.ReadFile(path); !errors.As(err, &conflict) || string(got[:2]) != "a\n" {
		t.Errorf("%v, %.20q", err, got)
	}
}

// scene is a workspace whose only task has passed, and the commit of it.
func scene(t *testing.T) (dir string, do func(*Store) (Outcome, error)) {
	t.Helper()
	dir = t.TempDir()
	const text = "# T\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n"
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("plan.md", text)
	write("fix_plan.md", "# Ledger\n\n## [T-001] T\n- Attempts History:\n  * [2025-10-01] Attempt #4 — Result: by hand.\n")
	return dir, func(s *Store) (Outcome, error) {
		open, err := s.Begin(Intent{Key: "k", Name: "plan.md#A1", RunDir: ".", Manifest: "A1.run.json"})
		if err != nil {
			t.Fatal(err)
		}
		return open.Commit(t.Context(), Writing{}, func() (*Change, *manifest.Statement, error) {
			row := plan.Parse("plan.md", []byte(text), plan.Tokens{}).Task("A1")
			return &Change{ManifestPath: "A1.run.json", Ledger: "fix_plan.md", Section: "T-001",
				Entry: ledger.Entry{Date: "2026-01-01", Number: 5, Task: "A1", Title: "One", Result: "pass", Detail: "exit 0"},
				Ticks: []Tick{{Plan: "plan.md", ID: "A1", Row: row.RowText(), From: row.Token, To: plan.Done}},
			}, manifest.New(manifest.Predicate{Result: manifest.Pass, Attempt: 5}), nil
		})
	}
}

// The number is that of the ledger as it is when the attempt is entered: a person entered one of their own meanwhile.
func TestNumberOfTheMoment(t *testing.T) {
	dir, do := scene(t)
	f, err := os.OpenFile(filepath.Join(dir, "fix_plan.md"), os.O_WRONLY|os.O_APPEND, 0)
	if err == nil {
		_, err = f.WriteString("  * [2025-10-02] Attempt #5 — Result: by hand too.\n")
	}
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	out, err := do(NewStore(dir, nil))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "A1.run.json"))
	if err != nil {
		t.Fatal(err)
	}
	st, err := manifest.Decode(b)
	if err != nil || out.Number != 6 || st.Predicate.Attempt != 6 {
		t.Errorf("number %d, in the manifest %d, %v", out.Number, st.Predicate.Attempt, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "fix_plan.md")); err != nil || !bytes.Contains(b, []byte("Attempt #6 — A1 One: pass")) {
		t.Errorf("%s, %v", b, err)
	}
}

// An editor that loaded plan and ledger before, and saves them after they were written, takes nothing back: what it saved
// stays, and entry and tick are written onto it.
func TestSavedOver(t *testing.T) {
	dir, do := scene(t)
	s := NewStore(dir, nil)
	stale := map[string][]byte{}
	for _, name := range []string{"plan.md", "fix_plan.md"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		stale[name] = append(b, "a person's\n"...)
	}
	s.Observe = func(path string, at Moment) {
		if b := stale[path]; b != nil && at == Moment(atomicfile.Looked) {
			delete(stale, path)
			// By renaming: an open for writing would be held up until the replacement has come to its end.
			temp := filepath.Join(dir, path+".person")
			if err := errors.Join(os.WriteFile(temp, b, 0o644), os.Rename(temp, filepath.Join(dir, path))); err != nil {
				t.Error(err)
			}
		}
	}
	if out, err := do(s); err != nil || len(out.Ticked) != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	for name, want := range map[string]string{"plan.md": "| [x] |", "fix_plan.md": "Attempt #5 — A1 One: pass"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Contains(b, []byte(want)) || !bytes.Contains(b, []byte("a person's\n")) {
			t.Errorf("%s: %s, %v", name, b, err)
		}
	}
}

// A file that somebody keeps open for writing is no file to replace: the tick is refused, and what the run left stays.
func TestOpenForWriting(t *testing.T) {
	dir, do := scene(t)
	f, err := os.OpenFile(filepath.Join(dir, "plan.md"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := atomicfile.Read(filepath.Join(dir, "plan.md")); err == nil {
		t.Skip("there are no leases here: nobody knows who has a file open")
	}
	out, err := do(NewStore(dir, nil))
	var conflict *ConflictError
	if !errors.As(err, &conflict) || len(out.Refused) != 1 || len(out.Ticked) != 0 {
		t.Errorf("%+v, %v", out, err)
	}
}

// An editor that keeps a backup takes the file away for a moment before it makes it anew. That is a save to wait for at every
// moment, also at the one at which it is noted which file is about to be replaced.
func TestTakenAwayForAMoment(t *testing.T) {
	dir, _ := scene(t)
	path := filepath.Join(dir, "fix_plan.md")
	open, err := NewStore(dir, nil).Begin(Intent{Key: "k", Name: "plan.md#A1", RunDir: ".", Manifest: "A1.run.json"})
	if err != nil {
		t.Fatal(err)
	}
	steps, moved := open.placing(ledgerStep), false
	placing := steps.Placing
	steps.Placing = func(target, temp string) error {
		if moved {
			return placing(target, temp)
		}
		moved = true
		if err := os.Rename(path, path+"~"); err != nil {
			return err
		}
		err := placing(target, temp)
		return errors.Join(err, os.WriteFile(path, []byte("a person's\n"), 0o644))
	}
	err = open.store.edit("fix_plan.md", steps, func(src []byte) ([]byte, error) { return append(src, "planctl's\n"...), nil })
	if got, rerr := os.ReadFile(path); err != nil || rerr != nil || string(got) != "a person's\nplanctl's\n" {
		t.Errorf("%q, %v, %v", got, err, rerr)
	}
}

// A row that stands for a phase follows the row that completes it: where that one was reworded, neither is ticked.
func TestRollUpFollows(t *testing.T) {
	dir := t.TempDir()
	const above = "# Above\n\n## Phase Z\n| ID | Task | State |\n| --- | --- | --- |\n| Z1 | All of A | [ ] |\n"
	for name, text := range map[string]string{"plan.md": killedPlan, "fix_plan.md": killedLedger, "above.md": above} {
		put(t, filepath.Join(dir, name), text)
	}
	o, err := NewStore(dir, nil).Begin(Intent{Key: "k", Name: "plan.md#A1", RunDir: ".", Manifest: "A1.run.json"})
	if err != nil {
		t.Fatal(err)
	}
	row := plan.Parse("above.md", []byte(above), plan.Tokens{}).Task("Z1")
	out, err := o.Commit(t.Context(), Writing{}, func() (*Change, *manifest.Statement, error) {
		return &Change{ManifestPath: "A1.run.json", Ledger: "fix_plan.md", Section: "T-001",
			Entry: ledger.Entry{Date: "2026-01-01", Number: 5, Task: "A1", Title: "One", Result: "pass", Detail: "exit 0"},
			Ticks: []Tick{{Plan: "plan.md", ID: "A1", Row: "another row", From: "[ ]", To: plan.Done},
				{Plan: "above.md", ID: "Z1", Row: row.RowText(), From: row.Token, To: plan.Done, Roll: true}},
		}, manifest.New(manifest.Predicate{Result: manifest.Pass, Attempt: 5}), nil
	})
	if !isConflict(err) || len(out.Ticked) != 0 || len(out.Refused) != 2 {
		t.Errorf("%+v, %v", out, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "above.md")); err != nil || string(b) != above {
		t.Errorf("%s, %v", b, err)
	}
}
