package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// waiting is a workspace without git whose task tells its process ID through a FIFO, and ends when it is let go.
func waiting(t *testing.T) (p *crashPlace, fifo, goOn string) {
	t.Helper()
	p = newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger, "command.sh": "echo $$ > fifo\ncat go\n",
		"plans/p.md": strings.Replace(onePlan, "run: echo ran >> ran.txt", "run: exec sh command.sh, timeout: 60s", 1)})
	return p, p.fifo("fifo"), p.fifo("go")
}

// Two calls that see the repository differently know of each other: one may have begun before there was one, or not been
// told of it.
func TestOneTaskTwoHomes(t *testing.T) {
	elsewhere := func(p *crashPlace) []string {
		dir := filepath.Join(p.t.TempDir(), "git")
		p.git("init", "-q", "-b", "main", "--bare", dir)
		p.git("--git-dir", dir, "config", "core.bare", "false")
		return []string{"GIT_DIR=" + dir, "GIT_WORK_TREE=" + p.dir}
	}
	for name, meanwhile := range map[string]func(p *crashPlace) (first, second []string){
		"git is initialised meanwhile": func(*crashPlace) (_, _ []string) { return nil, nil },
		"GIT_DIR for the first":        func(p *crashPlace) (_, _ []string) { return elsewhere(p), nil },
		"GIT_DIR for the second":       func(p *crashPlace) (_, _ []string) { return nil, elsewhere(p) },
	} {
		t.Run(name, func(t *testing.T) {
			p, fifo, goOn := waiting(t)
			first, second := meanwhile(p)
			p.env = first
			c, out := p.start("run", "A1")
			p.heard(fifo)
			p.env = second
			if first == nil && second == nil {
				p.git("init", "-q", "-b", "main")
			}
			if code, said := p.planctl("run", "A1"); code != 5 || !strings.Contains(said, "locked by process") {
				t.Errorf("the second: exit %d\n%s", code, said)
			}
			if code, said := p.planctl("status"); code != 0 || !strings.Contains(said, "running A1 since") {
				t.Errorf("status: exit %d\n%s", code, said)
			}
			if err := os.WriteFile(goOn, []byte("go\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := c.Wait(); err != nil {
				t.Fatalf("the first: %v\n%s", err, out)
			}
			if n := bytes.Count(p.read("docs/fix_plan.md"), []byte("Attempt #")); n != 1 {
				t.Errorf("%d attempts", n)
			}
		})
	}
}

// A crash before there is a repository is recovered when there is one, and git does not see what planctl keeps in the tree.
func TestRecoverFromBeforeGit(t *testing.T) {
	p, fifo, _ := waiting(t)
	c, _ := p.start("run", "A1")
	pid := p.heard(fifo)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	p.git("init", "-q", "-b", "main")
	if out := p.git("status", "--porcelain", "-uall"); !strings.Contains(out, "plans/p.md") || strings.Contains(out, ".planctl/") {
		t.Errorf("git sees\n%s", out)
	}
	if code, out := p.planctl("status"); code != 0 || !strings.Contains(out, "unfinished") {
		t.Errorf("status: exit %d\n%s", code, out)
	}
	if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "interrupted") {
		t.Errorf("recover: exit %d\n%s", code, out)
	}
	gone(t, pid)
	if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "nothing to recover") {
		t.Errorf("again: exit %d\n%s", code, out)
	}
	if !bytes.Contains(p.read("docs/fix_plan.md"), []byte("interrupted")) {
		t.Errorf("the ledger is %s", p.read("docs/fix_plan.md"))
	}
}

// A git directory that a command moves away is not made again, as a directory that is no repository and has locks that
// nobody else takes.
func TestGitMovedAway(t *testing.T) {
	p := newCrashPlace(t)
	p.write("command.sh", "echo made > made.txt\nmv .git .gitx\n")
	p.git("commit", "-q", "-am", "move")
	code, out := p.planctl("run", "A1")
	if code != 4 || !strings.Contains(out, "is no git directory any more") || !strings.Contains(out, "planctl recover") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if _, err := os.Lstat(filepath.Join(p.dir, ".git")); err == nil {
		t.Error("there is a .git again")
	}
	if err := os.Rename(filepath.Join(p.dir, ".gitx"), filepath.Join(p.dir, ".git")); err != nil {
		t.Fatal(err)
	}
	if f := p.look("put back"); f.ticked || len(f.entries) != 0 || len(f.manifests) != 0 {
		t.Errorf("recorded without a lock: %+v", f)
	}
	if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "finished") {
		t.Errorf("recover: exit %d\n%s", code, out)
	}
	if f := p.look("recovered"); !f.ticked || len(f.entries) != 1 {
		t.Errorf("%+v", f)
	}
}
