package commit

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/planctl/planctl/internal/gitrepo"
)

// Who comes second is told who has the lock now, and never who had it before: not one that let go, nor one that died.
func TestHolder(t *testing.T) {
	dir := t.TempDir()
	s := NewStore(dir, nil)
	first, err := s.LockTask("plan.md#A1", "run A1")
	if err != nil {
		t.Fatal(err)
	}
	var held *HeldError
	if _, err := s.LockTask("plan.md#A1", "mark A1"); !errors.As(err, &held) || held.Holder.PID != os.Getpid() || held.Holder.What != "run A1" {
		t.Errorf("while it is held: %v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.Dir, "locks", "task-"+short("plan.md#A1")+".lock")
	if b, err := os.ReadFile(path); err != nil || len(b) > 0 {
		t.Errorf("after its release the lock says %q, %v", b, err)
	}
	host := hostname()
	for want, h := range map[bool][]Holder{
		true:  {{PID: os.Getpid(), Birth: birth(t), Host: host}, {PID: 1 << 22, Host: "another"}},
		false: {{}, {PID: os.Getpid(), Birth: "1", Host: host}, {PID: 1<<22 + 1, Host: host}},
	} {
		for _, h := range h {
			if h.present(host) != want {
				t.Errorf("%+v may have the lock: %v", h, !want)
			}
		}
	}
	for what, record := range map[string]string{"nothing": "", "half a record": `{"pid": 1`, "one that died": died(t)} {
		// Somebody has the lock and has not yet written who.
		f := flock.New(path)
		if ok, err := f.TryLock(); err != nil || !ok {
			t.Fatal(ok, err)
		}
		if err := os.WriteFile(path, []byte(record), 0o644); err != nil {
			t.Fatal(err)
		}
		came := make(chan error, 1)
		go func() {
			l, err := s.LockTask("plan.md#A1", "second")
			came <- errors.Join(err, l.Release())
		}()
		if err := f.Close(); err != nil { // it lets go: the second one gets the lock, whatever stood there
			t.Fatal(err)
		}
		if err := <-came; err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func birth(t *testing.T) string {
	t.Helper()
	b, err := processBirth(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// died is the record of a process that had the lock and is gone.
func died(t *testing.T) string {
	t.Helper()
	c := exec.Command("true")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"pid": %d, "birth": "1", "host": %q, "since": %q, "what": "run A1"}`, c.Process.Pid, hostname(), time.Now().Format(time.RFC3339))
}

// Two workspaces in one repository have the same names for different files: neither may see the other's locks and intents.
func TestStoresApart(t *testing.T) {
	top := t.TempDir()
	for _, args := range [][]string{{"init", "-q", top}, {"-C", top, "-c", "user.name=T", "-c", "user.email=t@planctl.invalid", "commit", "-q", "--allow-empty", "-m", "base"},
		{"-C", top, "worktree", "add", "-q", filepath.Join(top, "tree")}} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	dirs := map[string]string{}
	for _, at := range []string{".", "a", "b", "tree", "tree/a"} {
		root := filepath.Join(top, at)
		if err := os.MkdirAll(root, 0o755); err != nil {
			t.Fatal(err)
		}
		repo, err := gitrepo.Open(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		s := NewStore(root, repo)
		if other, ok := dirs[s.Dir]; ok {
			t.Errorf("%s and %s have one store: %s", at, other, s.Dir)
		}
		dirs[s.Dir] = at
		if l, err := s.LockTask("plan.md#A1", at); err != nil {
			t.Errorf("%s: %v", at, err)
		} else {
			defer func() {
				if err := l.Release(); err != nil {
					t.Error(err)
				}
			}()
		}
		if !strings.HasPrefix(s.Dir, filepath.Join(top, ".git")) {
			t.Errorf("%s: its store is %s", at, s.Dir)
		}
	}
}
