package commit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/planctl/planctl/internal/owner/ownertest"
)

// What root made in somebody's workspace is not in that somebody's way; and where it is, from another time, it is said whose it
// is and what to do.
func TestLockAfterRoot(t *testing.T) {
	for name, c := range map[string]struct{ given bool }{"given": {true}, "kept": {false}} {
		t.Run(name, func(t *testing.T) {
			dir := ownertest.Dir(t)
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
			if err := syscall.Seteuid(ownertest.Somebody); err != nil {
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
