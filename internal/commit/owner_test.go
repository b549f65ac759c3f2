package commit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What root made in somebody's workspace is not in that somebody's way; and where it is, from another time, it is said whose it
// is and what to do.
func TestLockAfterRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can be somebody else")
	}
	const somebody = 12345
	for name, c := range map[string]struct{ given bool }{"given": {true}, "kept": {false}} {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "planctl-owner-") // t.TempDir is for its maker alone
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := os.RemoveAll(dir); err != nil {
					t.Error(err)
				}
			})
			if err := errors.Join(os.Chmod(dir, 0o755), os.Chown(dir, somebody, somebody)); err != nil {
				t.Fatal(err)
			}
			s := NewStore(dir, nil)
			l, err := s.LockTask("plan.md#A1", "as root")
			if err := errors.Join(err, l.Release()); err != nil {
				t.Fatal(err)
			}
			if !c.given {
				err := filepath.WalkDir(s.Dir, func(path string, _ fs.DirEntry, err error) error { return errors.Join(err, os.Chown(path, 0, 0)) })
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := syscall.Seteuid(somebody); err != nil {
				t.Fatal(err)
			}
			l, err = s.LockTask("plan.md#A1", "as somebody")
			released := l.Release()
			if err := syscall.Seteuid(0); err != nil {
				t.Fatal(err)
			}
			if released != nil {
				t.Error(released)
			}
			switch {
			case c.given && err != nil:
				t.Error(err)
			case !c.given && (err == nil || !strings.Contains(err.Error(), "belongs to user 0") || !strings.Contains(err.Error(), "sudo chown -R 12345 "+s.Dir)):
				t.Errorf("it says %v", err)
			}
		})
	}
}
