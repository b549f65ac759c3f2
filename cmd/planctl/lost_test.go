package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// below puts a workspace whose task waits below the top of a repository.
func below(t *testing.T) *crashPlace {
	t.Helper()
	p := &crashPlace{t: t, dir: t.TempDir()}
	for name, text := range map[string]string{".planctl.yaml": "version: 1\n", "docs/fix_plan.md": oneLedger, "command.sh": "echo $$ > \"$FIFO\"\nexec sleep 600\n",
		"plans/p.md": strings.Replace(onePlan, "run: echo ran >> ran.txt", "run: exec sh command.sh", 1)} {
		p.write("svc/"+name, text)
		p.write("other/"+name, text)
	}
	p.git("init", "-q", "-b", "main")
	p.git("add", ".")
	p.git("commit", "-q", "-m", "base")
	return p
}

// crashIn kills a planctl that runs a task in a directory, and gives the process ID of the command, which still runs.
func (p *crashPlace) crashIn(dir string) string {
	p.t.Helper()
	fifo := filepath.Join(p.t.TempDir(), "fifo")
	q := &crashPlace{t: p.t, dir: filepath.Dir(fifo)}
	q.fifo("fifo")
	p.env = []string{"FIFO=" + fifo}
	c, _ := p.start("-C", dir, "run", "A1")
	pid := p.heard(fifo)
	if err := c.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	return pid
}

// The runs of a workspace that is gone are shown and ended by those that there are.
func TestWorkspaceGone(t *testing.T) {
	tree := ""
	for _, c := range []struct {
		name, crash, look, called string
		away                      func(p *crashPlace)
	}{
		{"the workspace was renamed", "svc", "svc2", "svc/plans/p.md#A1", func(p *crashPlace) {
			p.git("mv", "svc", "svc2")
			p.git("commit", "-q", "-m", "rename")
		}},
		{"its worktree was removed", "tree/svc", "svc", "tree: svc/plans/p.md#A1", func(p *crashPlace) { p.git("worktree", "remove", "--force", tree) }},
		{"its worktree was deleted", "tree/svc", "svc", "tree: svc/plans/p.md#A1", func(p *crashPlace) {
			if err := os.RemoveAll(tree); err != nil {
				p.t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := below(t)
			if tree = filepath.Join(p.dir, "tree"); strings.HasPrefix(c.crash, "tree") {
				p.git("worktree", "add", "-q", "-b", "side", tree)
			}
			pid := p.crashIn(c.crash)
			c.away(p)
			for _, call := range []string{"status", "verify"} {
				if code, out := p.planctl("-C", c.look, call); code != 0 || !strings.Contains(out, c.called+": a run did not finish") || !strings.Contains(out, "planctl recover") {
					t.Errorf("%s: exit %d\n%s", call, code, out)
				}
			}
			if code, out := p.planctl("-C", c.look, "recover"); code != 0 || !strings.Contains(out, "recovered "+c.called+": ended") {
				t.Errorf("recover: exit %d\n%s", code, out)
			}
			gone(t, pid)
			if code, out := p.planctl("-C", c.look, "recover"); code != 0 || !strings.Contains(out, "nothing to recover") {
				t.Errorf("again: exit %d\n%s", code, out)
			}
			if code, out := p.planctl("-C", c.look, "verify"); code != 0 || strings.Contains(out, "p.md#A1") {
				t.Errorf("verify: exit %d\n%s", code, out)
			}
			left := ""
			for _, pattern := range []string{"intents/*", "workspaces/*/intents/*", "worktrees/*"} {
				hits, err := filepath.Glob(filepath.Join(p.dir, ".git/planctl", pattern))
				if err != nil {
					t.Fatal(err)
				}
				left += strings.Join(hits, " ")
			}
			if left != "" {
				t.Errorf("left behind: %s", left)
			}
		})
	}
}

// A workspace that only another branch has is not gone: its command is ended, and its run is recorded there.
func TestWorkspaceOfAnotherBranch(t *testing.T) {
	p := below(t)
	p.git("switch", "-q", "-c", "side")
	p.git("mv", "svc", "new")
	p.git("commit", "-q", "-m", "rename")
	pid := p.crashIn("new")
	p.git("switch", "-q", "main")
	if code, out := p.planctl("-C", "other", "recover"); code != 0 || !strings.Contains(out, "kept new/plans/p.md#A1") || !strings.Contains(out, "side") {
		t.Errorf("from the other branch: exit %d\n%s", code, out)
	}
	gone(t, pid)
	p.git("switch", "-q", "side")
	if code, out := p.planctl("-C", "new", "recover"); code != 0 || !strings.Contains(out, "interrupted") {
		t.Errorf("back: exit %d\n%s", code, out)
	}
}
