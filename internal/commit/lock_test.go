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
		true:  {{PID: os.Getpid(), Birth: birth(t), Host: host}, {PID: 1 << 22, Host: "another"}, {PID: 1<<22 + 1, Host: host, Space: "pid:[1]"}},
		false: {{}, {PID: os.Getpid(), Birth: "1", Host: host}, {PID: 1<<22 + 1, Host: host}, {PID: 1<<22 + 1, Host: host, Space: space()}},
	} {
		for _, h := range h {
			if h.present() != want {
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

// An intent of a process that this system does not list, in another container or on another machine with the same files, is
// that of a living one as long as its task is locked.
func TestIntentFromAfar(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"plan.md": killedPlan, "fix_plan.md": killedLedger} {
		put(t, filepath.Join(dir, name), text)
	}
	s := NewStore(dir, nil)
	path := filepath.Join(s.Dir, "intents", "k1.jsonl")
	put(t, path, fmt.Sprintf(`{"intent":{"key":"k1","name":"plan.md#A1","pid":%d,"birth":"1","space":"afar pid:[1]","run_dir":"reports/S","manifest":"reports/S/A1.run.json","log":"","begun":"2025-01-01T00:00:00Z","entry":{"ledger":"fix_plan.md","section":"T-001","title":"One","task":"A1"}}}`+"\n", os.Getpid()))
	live := func() bool {
		t.Helper()
		open, err := s.Intents()
		if err != nil || len(open) != 1 {
			t.Fatalf("%d intents, %v", len(open), err)
		}
		yes, err := open[0].Live()
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	if live() {
		t.Error("a number of another system was taken for this one's, and nobody holds the task")
	}
	lock, err := s.LockTask("plan.md#A1", "run A1")
	if err != nil {
		t.Fatal(err)
	}
	if !live() {
		t.Error("its process lives and was taken for dead")
	}
	if rs, err := s.Recover(t.Context(), Writing{Ledger: "fix_plan.md"}, time.Now()); err != nil || len(rs) != 0 || !there(t, path) {
		t.Errorf("recovered under its process: %+v, %v", rs, err)
	}
	// Who has the lock knows that no other process has it.
	if rs, err := s.RecoverTask(t.Context(), Writing{Ledger: "fix_plan.md"}, "plan.md#A1", time.Now()); err != nil || len(rs) != 1 || there(t, path) {
		t.Errorf("not recovered under its own lock: %+v, %v", rs, err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
}
