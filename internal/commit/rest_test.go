package commit

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

// restKey is the key of the intents here, which their commands carry.
const restKey = "fedcba9876543210fedcba9876543210"

func endForTest(ctx context.Context, h runner.Handle) (int, error) {
	return local.EndGroup(ctx, h, 5*time.Second)
}

// leave leaves the intent of a process that nobody here can see, made on a branch.
func leave(t *testing.T, s *Store, branch string) {
	t.Helper()
	o, err := s.Begin(Intent{Key: restKey, Name: "plan.md#A1", Branch: branch, RunDir: "reports/S", Manifest: "reports/S/A1.run.json", Log: "reports/S/A1.log",
		Partial: manifest.Predicate{Nonce: restKey}, Entry: EntryPlace{Ledger: "fix_plan.md", Section: "T-001", Task: "A1", Title: "One"}})
	if err != nil {
		t.Fatal(err)
	}
	o.Intent.PID, o.Intent.Birth = 1<<22+1, "1"
	if err := errors.Join(o.append(line{Intent: &o.Intent}), o.Close()); err != nil {
		t.Fatal(err)
	}
}

// leftCommand is a command that such a process would have started.
func leftCommand(t *testing.T) *exec.Cmd {
	t.Helper()
	c := exec.Command("sleep", "600")
	c.Env = append(os.Environ(), "PLANCTL_KEY="+restKey)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill() // it may have been ended
		_ = c.Wait()
	})
	return c
}

func repoAt(t *testing.T, dir string) *gitrepo.Repo {
	t.Helper()
	if out, err := exec.Command("git", "init", "-q", "-b", "main", dir).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	repo, err := gitrepo.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// Whoever holds the task's lock lives, whatever the list of processes says: one in a container is not in it. Its command
// was ended where another branch was checked out meanwhile.
func TestRecoverSparesHeld(t *testing.T) {
	dir := t.TempDir()
	s := NewStore(dir, repoAt(t, dir))
	s.End = endForTest
	c := leftCommand(t)
	leave(t, s, "refs/heads/another")
	lock, err := s.LockTask("plan.md#A1", "run A1")
	if err != nil {
		t.Fatal(err)
	}
	rs, err := s.Recover(t.Context(), Writing{}, time.Now())
	if err != nil || len(rs) != 0 {
		t.Errorf("while it is held: %+v, %v", rs, err)
	}
	if _, err := processBirth(c.Process.Pid); err != nil {
		t.Errorf("its command was ended: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	rs, err = s.Recover(t.Context(), Writing{}, time.Now())
	if err != nil || len(rs) != 1 || rs[0].Did != "kept" || rs[0].Killed != 1 {
		t.Errorf("when nobody holds it: %+v, %v", rs, err)
	}
}

// The log of a dead run is of any size. It is hashed while others may write theirs, and not to its end where nobody waits
// for it any more.
func TestRecoverHashesAside(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("what a process has open cannot be seen here")
	}
	dir := t.TempDir()
	s := NewStore(dir, nil)
	s.End = endForTest
	leave(t, s, "")
	put(t, filepath.Join(dir, "fix_plan.md"), killedLedger)
	log := filepath.Join(dir, "reports/S/A1.log")
	put(t, log, "")
	if err := os.Truncate(log, 1<<40); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	came := make(chan error, 1)
	go func() {
		_, err := s.Recover(ctx, Writing{Ledger: "fix_plan.md"}, time.Now())
		came <- err
	}()
	for !isOpen(t, log) {
		select {
		case err := <-came:
			t.Fatalf("it came to its end: %v", err)
		default:
			runtime.Gosched()
		}
	}
	if l, err := s.try("the workspace", "workspace.lock", "another run"); err != nil {
		t.Errorf("the workspace while the log is hashed: %v", err)
	} else if err := l.Release(); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-came; !errors.Is(err, context.Canceled) {
		t.Errorf("it was told to stop, and says %v", err)
	}
	// What was interrupted is done the next time.
	if err := os.Truncate(log, 3); err != nil {
		t.Fatal(err)
	}
	rs, err := s.Recover(t.Context(), Writing{Ledger: "fix_plan.md"}, time.Now())
	if err != nil || len(rs) != 1 || rs[0].Did != "interrupted" {
		t.Fatalf("the next time: %+v, %v", rs, err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "reports/S/A1.run.json"))
	if err != nil || !strings.Contains(string(b), "709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c") {
		t.Errorf("its manifest has not the log's sum: %v\n%s", err, b)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "fix_plan.md")); err != nil || ledger.Parse("fix_plan.md", b).ByRun(rs[0].Outcome.Digest) == nil {
		t.Errorf("it is not entered: %v\n%s", err, b)
	}
}

// isOpen reports whether this process has the file open.
func isOpen(t *testing.T, path string) bool {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if at, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && at == path {
			return true
		}
	}
	return false
}
