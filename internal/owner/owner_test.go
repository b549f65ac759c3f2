package owner

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/planctl/planctl/internal/owner/ownertest"
)

// What root makes in somebody's directory is that somebody's, and so is what is made in that. What has another name may be
// anybody's, and what is somebody's already stays so.
func TestGive(t *testing.T) {
	dir := ownertest.Dir(t)
	within := filepath.Join(dir, "within")
	if err := Mkdir(within, 0o755); err != nil {
		t.Fatal(err)
	}
	give := func(name string, before func(path string) error) int {
		t.Helper()
		f, err := os.Create(filepath.Join(within, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(before(f.Name()), Give(f), f.Close()); err != nil {
			t.Fatal(err)
		}
		return of(t, f.Name())
	}
	if of(t, within) != ownertest.Somebody {
		t.Errorf("the directory belongs to %d", of(t, within))
	}
	for name, c := range map[string]struct {
		before func(path string) error
		want   int
	}{
		"made":              {func(string) error { return nil }, ownertest.Somebody},
		"of another":        {func(path string) error { return os.Chown(path, 54321, 54321) }, 54321},
		"with another name": {func(path string) error { return os.Link(path, path+".too") }, 0},
		"no more there": {func(path string) error { // something else has the name
			return errors.Join(os.Rename(path, path+".away"), os.WriteFile(path, nil, 0o644))
		}, 0},
	} {
		if got := give(name, c.before); got != c.want {
			t.Errorf("%s: it belongs to %d, want %d", name, got, c.want)
		}
	}
	if err := Mkdir(within, 0o755); !errors.Is(err, os.ErrExist) {
		t.Errorf("a directory that is there: %v", err)
	}
}

// In root's own directory nothing is given away.
func TestRootsOwn(t *testing.T) {
	dir := filepath.Join(ownertest.Dir(t), "roots")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, "within")
	if err := Mkdir(at, 0o755); err != nil || of(t, at) != 0 {
		t.Errorf("it belongs to %d, %v", of(t, at), err)
	}
}

func of(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		t.Fatalf("%T", info.Sys())
	}
	return int(st.Uid)
}
