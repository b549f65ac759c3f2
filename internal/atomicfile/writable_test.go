package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestWritable holds Writable to what Replace then does.
func TestWritable(t *testing.T) {
	for name, c := range map[string]struct {
		file, dir fs.FileMode
		want      bool
	}{
		"both may be written": {0o644, 0o755, true},
		"the file may not":    {0o444, 0o755, false},
		"the directory not":   {0o644, 0o555, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "d")
			path := filepath.Join(dir, "plan.md")
			for _, err := range []error{os.Mkdir(dir, 0o755), os.WriteFile(path, []byte("x"), c.file), os.Chmod(dir, c.dir)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			t.Cleanup(func() {
				if err := os.Chmod(dir, 0o755); err != nil {
					t.Error(err)
				}
			})
			err := Writable(path)
			if again := Replace(path, []byte("y"), nil); (err == nil) != (again == nil) {
				t.Errorf("Writable says %v, Replace %v", err, again)
			}
			var refused *ReadOnlyError
			if (err == nil) != c.want || err != nil && !errors.As(err, &refused) {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := Writable(filepath.Join(t.TempDir(), "gone.md")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}
