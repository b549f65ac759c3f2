package atomicfile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is beside a file under the name of a temporary file for it goes, but what the caller excepts, and nothing else.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	keep := []string{"plan.md", ".plan.md.planctl-short", ".plan.md.planctl-zzzzzzzzzzzzzzzz", ".other.md.planctl-0123456789abcdef", "plan.md.planctl-0123456789abcdef",
		".plan.md.planctl-0123456789abcdef.planctl-0123456789abcdef", ".plan.md.planctl-00000000000000ff"}
	gone := []string{".plan.md.planctl-0123456789abcdef", ".plan.md.planctl-fedcba9876543210"}
	for _, n := range slices.Concat(keep, gone) {
		if err := os.WriteFile(filepath.Join(dir, n), []byte(n), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(t.TempDir(), "link.md")
	if err := os.Symlink(filepath.Join(dir, "plan.md"), link); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(link, ".plan.md.planctl-00000000000000ff"); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	slices.Sort(keep)
	if !slices.Equal(left, keep) {
		t.Errorf("left %s, want %s", strings.Join(left, " "), strings.Join(keep, " "))
	}
	for _, nowhere := range []string{filepath.Join(dir, "gone.md"), filepath.Join(dir, "no", "such", "place.md")} {
		if err := Sweep(nowhere); err != nil {
			t.Errorf("%s: %v", nowhere, err)
		}
	}
}
