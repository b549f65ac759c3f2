package commit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
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
