package commit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An intent that never got its name goes, unless its process lives and is just about to give it.
func TestIntentInTheMaking(t *testing.T) {
	s := NewStore(t.TempDir(), nil)
	left, made := filepath.Join(s.Dir, intentsDir, fmt.Sprintf("k1.%d%s", dead(t), making)), filepath.Join(s.Dir, intentsDir, fmt.Sprintf("k2.%d%s", os.Getpid(), making))
	put(t, left, `{"intent":`)
	put(t, made, `{"intent":`)
	if rs, err := s.Recover(t.Context(), Writing{}, time.Now()); err != nil || len(rs) != 0 {
		t.Fatalf("%+v, %v", rs, err)
	}
	if there(t, left) || !there(t, made) {
		t.Errorf("that of a dead process is there: %v; that of a living one: %v", there(t, left), there(t, made))
	}
}

// What bears an intent's name and leads elsewhere is not planctl's own: it is named, and neither believed nor taken away.
func TestIntentIsNoLink(t *testing.T) {
	for name, link := range map[string]func(old, name string) error{"link": os.Symlink, "another name": os.Link} {
		t.Run(name, func(t *testing.T) {
			s := NewStore(t.TempDir(), nil)
			persons, path := filepath.Join(s.Root, "persons.jsonl"), filepath.Join(s.Dir, intentsDir, "k1.jsonl")
			put(t, persons, `{"intent":{"key":"k1","name":"plan.md#A1"}}`+"\n")
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), link(persons, path)); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Recover(t.Context(), Writing{}, time.Now()); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("%v", err)
			}
			if !there(t, persons) || !there(t, path) {
				t.Error("it was taken away")
			}
		})
	}
}

// What somebody saved just before a replacement that did not come to its end, and has saved again since, is kept, and the
// process that notes it says where.
func TestNoteSaysWhatIsKept(t *testing.T) {
	s := NewStore(t.TempDir(), nil)
	path, temp := filepath.Join(s.Root, "plan.md"), filepath.Join(s.Root, ".plan.md.planctl-0123456789abcdef")
	put(t, path, "saved again\n")
	put(t, temp, "saved just before\n")
	n := s.Note()
	if err := n.Steps().Placing(path, temp); err != nil {
		t.Fatal(err)
	}
	const kept = "plan.md.saved-0123456789abcdef"
	if err := n.Close(); err == nil || !strings.Contains(err.Error(), "is kept in "+kept) {
		t.Errorf("it says %v", err)
	}
	for name, want := range map[string]string{"plan.md": "saved again\n", kept: "saved just before\n"} {
		if b, err := os.ReadFile(filepath.Join(s.Root, name)); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

// The intent of a process that lives is nobody else's to finish, also for who has the task's lock.
func TestRecoverTaskSparesTheLiving(t *testing.T) {
	s := NewStore(t.TempDir(), nil)
	o, err := s.Begin(Intent{Key: restKey, Name: "plan.md#A1", RunDir: "reports/S", Manifest: "reports/S/A1.run.json", Entry: EntryPlace{Ledger: "fix_plan.md", Section: "T-001", Task: "A1", Title: "One"}})
	if err := errors.Join(err, o.Close()); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(s.Root, "fix_plan.md"), killedLedger)
	if rs, err := s.RecoverTask(t.Context(), Writing{Ledger: "fix_plan.md"}, "plan.md#A1", time.Now()); err != nil || len(rs) != 0 || !there(t, o.path) {
		t.Errorf("%+v, %v; its intent is there: %v", rs, err, there(t, o.path))
	}
}

// A patch belongs to the run of an intent that is open: its manifest, which is to come, will name it.
func TestPatchOfAnOpenIntent(t *testing.T) {
	root := t.TempDir()
	s := NewStore(root, repoAt(t, root))
	for _, dir := range []string{"reports/S", "reports/T"} {
		put(t, filepath.Join(root, dir, "A1.patch"), "of a run")
	}
	leave(t, s, "refs/heads/another")
	put(t, filepath.Join(s.Dir, notesDir, fmt.Sprintf("%d-1.jsonl", dead(t))), "{\"patch\":\"reports/S/A1.patch\"}\n{\"patch\":\"reports/T/A1.patch\"}\n")
	if _, err := s.clearNotes(); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]bool{"reports/S": true, "reports/T": false} {
		if there(t, filepath.Join(root, dir, "A1.patch")) != want {
			t.Errorf("the patch in %s: there %v, want %v", dir, !want, want)
		}
	}
}
