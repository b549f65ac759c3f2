package tempdir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNameIsAbsolute(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("rel", 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", "rel")
	a, err := Name("planctl-x-")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := Name("planctl-x-"); err != nil || a == b || !filepath.IsAbs(a) || !strings.HasPrefix(filepath.Base(a), "planctl-x-") {
		t.Errorf("%q and %q (%v)", a, b, err)
	}
}

func TestRemove(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir, err := Name("planctl-x-")
	if err != nil {
		t.Fatal(err)
	}
	if err := Remove(dir, "planctl-x-", "directory of x"); err != nil {
		t.Errorf("one that is not there: %v", err)
	}
	inner := filepath.Join(dir, "read-only")
	if err := errors.Join(os.MkdirAll(inner, 0o700), os.WriteFile(filepath.Join(inner, "f"), nil, 0o600), os.Chmod(inner, 0o500)); err != nil {
		t.Fatal(err)
	}
	if err := Remove(dir, "planctl-y-", "directory of y"); err == nil || !strings.HasSuffix(err.Error(), " is no directory of y") {
		t.Errorf("one of another prefix: %v", err)
	}
	if _, err := os.Lstat(inner); err != nil {
		t.Errorf("it was not left alone: %v", err)
	}
	if err := Remove(dir, "planctl-x-", "directory of x"); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}
