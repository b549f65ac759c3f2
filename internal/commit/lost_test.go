package commit

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/planctl/planctl/internal/gitrepo"
)

// The directory of a worktree that is gone goes, and not that of another one which has its name by then.
func TestRemoveSparesANewWorktree(t *testing.T) {
	top := t.TempDir()
	s := NewStore(top, repoAt(t, top))
	git := func(args ...string) {
		t.Helper()
		c := exec.Command("git", append([]string{"-C", top, "-c", "user.name=T", "-c", "user.email=t@planctl.invalid"}, args...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("commit", "-q", "--allow-empty", "-m", "base")
	at := filepath.Join(t.TempDir(), "tree")
	git("worktree", "add", "-q", "--detach", at)
	repo, err := gitrepo.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	stands := func(want bool, when string) {
		t.Helper()
		if _, err := os.Lstat(NewStore(at, repo).Dir); (err == nil) != want {
			t.Errorf("%s: %v", when, err)
		}
	}
	lock, err := NewStore(at, repo).LockTask("plan.md#A1", "run A1")
	if err := errors.Join(err, lock.Release(), os.RemoveAll(at)); err != nil {
		t.Fatal(err)
	}
	lost, err := s.lostStores()
	if err != nil || len(lost) != 1 {
		t.Fatalf("%+v, %v", lost, err)
	}
	git("worktree", "prune")
	git("worktree", "add", "-q", "--detach", at)
	if err := lost[0].remove(); err != nil {
		t.Error(err)
	}
	stands(true, "while another has its name")
	git("worktree", "remove", at)
	if err := lost[0].remove(); err != nil {
		t.Error(err)
	}
	stands(false, "when it is gone")
}
