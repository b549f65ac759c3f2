package commit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// dead is the number of a process that has ended.
func dead(t *testing.T) int {
	t.Helper()
	c := exec.Command("true")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	return c.Process.Pid
}

func there(t *testing.T, path string) bool {
	t.Helper()
	_, err := os.Lstat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What a dead process noted goes; what nobody noted, what a living one noted and what people made stays.
func TestNotesOfTheDeadAreCleared(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"reports/..gitignore.planctl-0123456789abcdef": "half",
		"reports/..gitignore.planctl-fedcba9876543210": "of a living process",
		"reports/S/phase_A/A1.patch":                   "of a run that never began",
		"reports/S/phase_B/B1.patch":                   "of a run that is recorded",
		"reports/S/phase_B/B1.run.json":                "{}",
		"plan.md":                                      "a person's",
	} {
		put(t, filepath.Join(root, name), text)
	}
	s := NewStore(root, repoAt(t, root))
	put(t, filepath.Join(s.Dir, "notes", fmt.Sprintf("%d-1.jsonl", dead(t))), fmt.Sprintf(`{"of":{"pid":%d,"birth":"1"}}
{"temp":"reports/..gitignore.planctl-0123456789abcdef"}
{"dir":"reports/S/phase_A"}
{"patch":"reports/S/phase_A/A1.patch"}
{"dir":"reports/S/phase_B"}
{"patch":"reports/S/phase_B/B1.patch"}
{"temp":"plan.md"}
{"temp":"../outside"}
{"temp":"rep`, dead(t)))
	living := s.Note()
	if err := living.Steps().Making(filepath.Join(root, "reports/..gitignore.planctl-fedcba9876543210")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.clearNotes(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"reports/..gitignore.planctl-0123456789abcdef": false,
		"reports/..gitignore.planctl-fedcba9876543210": true,
		"reports/S/phase_A":                            false,
		"reports/S/phase_B/B1.patch":                   true,
		"reports/S/phase_B/B1.run.json":                true,
		"plan.md":                                      true,
	} {
		if got := there(t, filepath.Join(root, name)); got != want {
			t.Errorf("%s: there %v, want %v", name, got, want)
		}
	}
	// Its own process takes what is left away when it is done.
	if err := living.Close(); err != nil {
		t.Fatal(err)
	}
	if there(t, filepath.Join(root, "reports/..gitignore.planctl-fedcba9876543210")) {
		t.Error("a temporary file outlived its note")
	}
	if left, err := os.ReadDir(filepath.Join(s.Dir, "notes")); err != nil || len(left) != 0 {
		t.Errorf("notes are left: %v, %v", left, err)
	}
}

// Without git the notes lie in the tree, and others may have written them: they name temporary files and empty directories,
// and nothing else.
func TestForgedNotes(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"work.patch", "src/a.go"} {
		put(t, filepath.Join(root, name), "a person's")
	}
	s := NewStore(root, nil)
	put(t, filepath.Join(s.Dir, "notes", fmt.Sprintf("%d-1.jsonl", dead(t))),
		strings.Join([]string{`{"patch":"work.patch"}`, `{"temp":"src/a.go"}`, `{"dir":"src"}`, `{"dir":"src/a.go"}`, ""}, "\n"))
	if _, err := s.clearNotes(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"work.patch", "src/a.go"} {
		if !there(t, filepath.Join(root, name)) {
			t.Errorf("%s is gone", name)
		}
	}
	// A note that planctl did not write is named.
	put(t, filepath.Join(s.Dir, "notes", "mine.jsonl"), "{}\n")
	if _, err := s.clearNotes(); err == nil || !strings.Contains(err.Error(), "mine.jsonl") {
		t.Errorf("a stranger's file: %v", err)
	}
}

// A directory of objects that a dead process set aside goes, and no other that a note names.
func TestNotedAside(t *testing.T) {
	root := t.TempDir()
	s := NewStore(root, repoAt(t, root))
	aside, other := filepath.Join(root, "planctl-aside-0123456789abcdef"), filepath.Join(root, "other")
	put(t, filepath.Join(aside, "objects/12/34"), "a copy")
	put(t, filepath.Join(other, "a.go"), "a person's")
	// Its process says so before there is anything in it, and takes away what it fails to take away itself.
	own := s.Note()
	if err := own.Aside(aside); err != nil {
		t.Fatal(err)
	}
	if _, lines, err := readNote(own.path); err != nil || !slices.Equal(lines, []noted{{Aside: aside}}) {
		t.Errorf("its note says %+v, %v", lines, err)
	}
	if err := own.Close(); err != nil || there(t, aside) {
		t.Errorf("%v", err)
	}
	put(t, filepath.Join(aside, "objects/12/34"), "a copy")
	note := func(dir string) {
		put(t, filepath.Join(s.Dir, "notes", fmt.Sprintf("%d-1.jsonl", dead(t))), fmt.Sprintf("{\"aside\":%q}\n", dir))
	}
	note(aside)
	if _, err := s.clearNotes(); err != nil || there(t, aside) {
		t.Errorf("%v", err)
	}
	note(other)
	if _, err := s.clearNotes(); err == nil || !there(t, filepath.Join(other, "a.go")) {
		t.Errorf("%v", err)
	}
	// Without git the note may be anybody's, and no such directory was made.
	put(t, filepath.Join(aside, "a.go"), "a person's")
	s = NewStore(root, nil)
	note(aside)
	if _, err := s.clearNotes(); err != nil || !there(t, aside) {
		t.Errorf("%v", err)
	}
}

// A process of another container, or of another machine that has the same files, is not in this system's list. It holds the
// lock of its note, which tells that it lives.
func TestNotesOfOtherSystems(t *testing.T) {
	root := t.TempDir()
	temp := filepath.Join(root, ".summary.md.planctl-0123456789abcdef")
	put(t, temp, "half")
	s := NewStore(root, nil)
	note := filepath.Join(s.Dir, "notes", fmt.Sprintf("%d-1.jsonl", dead(t)))
	put(t, note, fmt.Sprintf("{\"of\":{\"pid\":%d,\"birth\":\"1\"}}\n{\"temp\":\".summary.md.planctl-0123456789abcdef\"}\n", dead(t)))
	f, err := os.Open(note)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	for _, lives := range []bool{true, false} {
		if _, err := s.clearNotes(); err != nil {
			t.Fatal(err)
		}
		if there(t, temp) != lives || there(t, note) != lives {
			t.Errorf("its process lives: %v; the file is there: %v, the note: %v", lives, there(t, temp), there(t, note))
		}
		if err := f.Close(); lives && err != nil {
			t.Fatal(err)
		}
	}
	own := s.Note()
	if err := own.Aside("/nowhere"); err != nil {
		t.Fatal(err)
	}
	if f, err = os.Open(own.path); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
		t.Errorf("a note that is being written is not locked: %v", err)
	}
	if err := errors.Join(f.Close(), own.Close()); err != nil {
		t.Fatal(err)
	}
}
