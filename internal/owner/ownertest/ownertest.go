// Package ownertest makes what tests need that ask whose a file is. It may not be used but by tests.
package ownertest

import (
	"errors"
	"os"
	"testing"
)

// Somebody is a user who is not root and need not be known to the system.
const Somebody = 12345

// Dir is a directory that belongs to Somebody, who can get there. Without root there is none, and the test is skipped.
func Dir(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	dir, err := os.MkdirTemp("", "planctl-owner-") // t.TempDir is for its maker alone
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chown(dir, Somebody, Somebody)); err != nil {
		t.Fatal(err)
	}
	return dir
}
