package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk that is full when the command has ended: what to do first is said, also by the recover that is called too early,
// and what is recorded in the end says nothing that is not so.
func TestDiskFullAtTheEnd(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	})
	p := newCrashPlaceIn(t, small)
	p.write("command.sh", "head -c 2M /dev/zero\nuntil test $(stat -c %s \"$PLANCTL_DIR/A1.log\") -eq 2097152; do :; done\ncat /dev/zero > fill\nexit 1\n")
	code, out := p.planctl("run", "A1")
	if code != 4 || !strings.Contains(out, "A1: help: make room first (reports/") || !strings.Contains(out, "/A1.log, of this run, has 2 MB); then planctl recover finishes what was begun\n") {
		t.Errorf("run: exit %d\n%s", code, out)
	}
	if strings.Count(out, "write "+small) > strings.Count(out, "no space left on device") {
		t.Errorf("one error has two names:\n%s", out)
	}
	if code, out := p.planctl("recover"); code != 4 || !strings.Contains(out, "help: make room on that disk first\n") {
		t.Errorf("recover too early: exit %d\n%s", code, out)
	}
	if err := os.Remove(filepath.Join(small, "fill")); err != nil {
		t.Fatal(err)
	}
	if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "recovered plan.md#A1: ") {
		t.Errorf("recover: exit %d\n%s", code, out)
	}
	book := string(p.read("docs/fix_plan.md"))
	if !strings.Contains(book, "A1 One: fail (exit 1, ") && !strings.Contains(book, "A1 One: interrupted (it was not recorded before planctl ended)") {
		t.Errorf("recorded as\n%s", book)
	}
	if code, out := p.planctl("verify"); code != 0 {
		t.Errorf("verify: exit %d\n%s", code, out)
	}
}
