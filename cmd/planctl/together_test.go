package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// fifo makes a named pipe by which a command tells the test that it runs, and waits for it.
func (p *crashPlace) fifo(name string) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func (p *crashPlace) start(args ...string) (*exec.Cmd, *bytes.Buffer) {
	p.t.Helper()
	c := p.command("planctl", args...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	return c, &out
}

func (p *crashPlace) git(args ...string) string {
	p.t.Helper()
	out, err := p.command("git", args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (p *crashPlace) heard(fifo string) string {
	p.t.Helper()
	b, err := os.ReadFile(fifo)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}

// gone fails where one of the processes still runs.
func gone(t *testing.T, pids string) {
	t.Helper()
	for _, pid := range strings.Fields(pids) {
		b, err := os.ReadFile("/proc/" + pid + "/stat")
		if err == nil && !bytes.Contains(b, []byte(") Z ")) {
			t.Errorf("process %s of the command still runs: %s", pid, b)
		}
	}
}

// TestInterrupted: Ctrl-C ends the command, with all that it started, and leaves a recorded run.
func TestInterrupted(t *testing.T) {
	for name, sig := range map[string]os.Signal{"SIGINT": os.Interrupt, "SIGTERM": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			p := newCrashPlace(t)
			fifo := p.fifo("fifo")
			p.write("command.sh", "echo it runs\nsleep 600 &\necho $$ $! > fifo\nwait\n")
			c, out := p.start("run", "A1")
			pids := p.heard(fifo)
			if err := c.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := c.Wait(); err == nil || c.ProcessState.ExitCode() != 130 {
				t.Errorf("ended with %v\n%s", c.ProcessState, out)
			}
			gone(t, pids)
			f := p.look("after " + name)
			if f.ticked || len(f.entries) != 1 {
				t.Fatalf("%+v\n%s", f, out)
			}
			for _, word := range f.entries {
				if word != "interrupted" {
					t.Errorf("the entry says %s", word)
				}
			}
			for _, name := range []string{"summary.md", "A1.log"} {
				hits, err := filepath.Glob(filepath.Join(p.dir, "reports", "*", "*", name))
				if err != nil || len(hits) != 1 {
					t.Errorf("%s: %v %v", name, hits, err)
				}
			}
			if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "nothing to recover") {
				t.Errorf("recover: exit %d\n%s", code, out)
			}
		})
	}
}

// TestInterruptedBeforeTheRest: what had not started is not started any more, and the exit code says so.
func TestInterruptedBeforeTheRest(t *testing.T) {
	p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger,
		"plans/p.md": "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n| A2 | Two | [ ] |\n\n" +
			"```yaml planctl\nA1: {run: 'echo $$ > fifo; sleep 600'}\nA2: {run: echo ran > two.txt}\n```\n"})
	fifo := p.fifo("fifo")
	c, out := p.start("run", "--all", "--keep-going")
	p.heard(fifo)
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil || c.ProcessState.ExitCode() != 130 {
		t.Errorf("ended with %v\n%s", c.ProcessState, out)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "two.txt")); err == nil {
		t.Error("A2 was started after the interrupt")
	}
}

// TestInterruptedQuietly: with -q too, an interrupt leaves nobody without the word that a task before it failed.
func TestInterruptedQuietly(t *testing.T) {
	p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger,
		"plans/p.md": "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n| A2 | Two | [ ] |\n| A3 | Three | [ ] |\n\n" +
			"```yaml planctl\nA1: {run: exit 7}\nA2: {run: 'echo $$ > fifo; sleep 600'}\nA3: {run: 'true'}\n```\n"})
	fifo := p.fifo("fifo")
	c, out := p.start("run", "A1", "A2", "A3", "--keep-going", "-q")
	p.heard(fifo)
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil || c.ProcessState.ExitCode() != 130 {
		t.Errorf("ended with %v\n%s", c.ProcessState, out)
	}
	if said := out.String(); !strings.Contains(said, "A1: failed (exit 7") || !strings.Contains(said, "A2: interrupted") {
		t.Errorf("it says no more than\n%s", said)
	}
}

// TestInterruptedInBetween: an interrupt that comes as a command ends is no good end of the call, whichever is first.
func TestInterruptedInBetween(t *testing.T) {
	p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger,
		"plans/p.md": "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n| A2 | Two | [ ] |\n\n" +
			"```yaml planctl\nA1: {run: 'kill -INT $PPID'}\nA2: {run: sleep 600}\n```\n"})
	if code, out := p.planctl("run", "--all"); code != 130 {
		t.Errorf("exit %d\n%s", code, out)
	}
	if bytes.Contains(p.read("plans/p.md"), []byte("| A2 | Two | [x]")) {
		t.Error("A2 was ticked")
	}
	if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "nothing to recover") {
		t.Errorf("recover: exit %d\n%s", code, out)
	}
}

// TestTimeout: TERM to the whole group, then KILL for those who do not listen.
func TestTimeout(t *testing.T) {
	p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger,
		"command.sh": "trap 'echo asked to end >&2' TERM\n(trap '' TERM; while :; do sleep 600; done) &\necho $$ $! > pids\nwhile :; do sleep 600; done\n",
		"plans/p.md": strings.Replace(onePlan, "run: echo ran >> ran.txt", "run: sh command.sh, timeout: 300ms", 1)})
	code, out := p.planctl("run", "A1")
	if code != 1 || !strings.Contains(out, "timed out") {
		t.Errorf("exit %d\n%s", code, out)
	}
	gone(t, string(p.read("pids")))
	logs, err := filepath.Glob(filepath.Join(p.dir, "plans", "reports", "*", "*", "A1.log"))
	if err != nil || len(logs) != 1 {
		logs, err = filepath.Glob(filepath.Join(p.dir, "*", "*", "*", "*", "A1.log"))
	}
	if err != nil || len(logs) != 1 {
		t.Fatalf("logs: %v %v", logs, err)
	}
	if b, err := os.ReadFile(logs[0]); err != nil || !bytes.Contains(b, []byte("asked to end")) {
		t.Errorf("the command was not asked first: %v\n%s", err, b)
	}
	if !bytes.Contains(p.read("docs/fix_plan.md"), []byte("fail (timed out")) || bytes.Contains(p.read("plans/p.md"), []byte("[x]")) {
		t.Errorf("%s", p.read("docs/fix_plan.md"))
	}
}

// TestTwoOnOneTask: the second one is told who has it.
func TestTwoOnOneTask(t *testing.T) {
	p := newCrashPlace(t)
	fifo, goOn := p.fifo("fifo"), p.fifo("go")
	p.write("command.sh", "echo $$ > fifo\ncat go\necho made > made.txt\n")
	c, out := p.start("run", "A1")
	p.heard(fifo)
	code, said := p.planctl("run", "A1")
	if code != 5 || !strings.Contains(said, fmt.Sprintf("process %d", c.Process.Pid)) {
		t.Errorf("exit %d\n%s", code, said)
	}
	// Nor does recover take it from the living, nor a mark.
	if code, said := p.planctl("recover"); code != 0 || !strings.Contains(said, "nothing to recover") {
		t.Errorf("recover: exit %d\n%s", code, said)
	}
	if code, said := p.planctl("mark", "A1", "skipped", "--note", "meanwhile"); code != 5 {
		t.Errorf("mark: exit %d\n%s", code, said)
	}
	if err := os.WriteFile(goOn, []byte("go\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("the first: %v\n%s", err, out)
	}
	if f := p.look("at the end"); !f.ticked || len(f.entries) != 1 {
		t.Errorf("%+v", f)
	}
}

// TestEightAtOnce: eight processes on eight tasks of one plan lose no tick, no attempt and no number.
func TestEightAtOnce(t *testing.T) {
	var rows, specs strings.Builder
	for i := range 8 {
		fmt.Fprintf(&rows, "| A%d | Task %d | [ ] |\n", i, i)
		fmt.Fprintf(&specs, "A%d: {run: echo $PLANCTL_TASK}\n", i)
	}
	p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger,
		"plans/p.md": "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n" + rows.String() + "\n```yaml planctl\n" + specs.String() + "```\n"})
	type one struct {
		c   *exec.Cmd
		out *bytes.Buffer
	}
	var all []one
	for i := range 8 {
		c, out := p.start("run", fmt.Sprintf("A%d", i))
		all = append(all, one{c, out})
	}
	for i, o := range all {
		if err := o.c.Wait(); err != nil {
			t.Errorf("A%d: %v\n%s", i, err, o.out)
		}
	}
	if n := bytes.Count(p.read("plans/p.md"), []byte("| [x] |")); n != 8 {
		t.Errorf("%d ticks\n%s", n, p.read("plans/p.md"))
	}
	var numbers, tasks []string
	for _, m := range regexp.MustCompile(`Attempt #(\d+) — (A\d) `).FindAllSubmatch(p.read("docs/fix_plan.md"), -1) {
		numbers, tasks = append(numbers, string(m[1])), append(tasks, string(m[2]))
	}
	slices.Sort(tasks)
	if got := strings.Join(numbers, " "); got != "1 2 3 4 5 6 7 8" {
		t.Errorf("numbers %s", got)
	}
	if got := strings.Join(tasks, " "); got != "A0 A1 A2 A3 A4 A5 A6 A7" {
		t.Errorf("tasks %s", got)
	}
}

// stopAfterLedger leaves an open intent with its attempt entered and its row not yet ticked: the command
// itself takes the right to write the plan away, and the test gives it back.
func (p *crashPlace) stopAfterLedger() {
	p.t.Helper()
	p.write("command.sh", "echo made > made.txt\nchmod 444 plan.md\n")
	if code, out := p.planctl("run", "A1"); code != 4 {
		p.t.Fatalf("exit %d\n%s", code, out)
	}
	if err := os.Chmod(filepath.Join(p.dir, "plan.md"), 0o644); err != nil {
		p.t.Fatal(err)
	}
	if f := p.look("stopped"); f.ticked || len(f.entries) != 1 {
		p.t.Fatalf("stopped elsewhere: %+v", f)
	}
}

// TestRecoverRespects: a branch switched, a ledger checked out since the crash are a person's decisions.
func TestRecoverRespects(t *testing.T) {
	t.Run("a branch that was switched", func(t *testing.T) {
		p := newCrashPlace(t)
		fifo := p.fifo("fifo")
		p.write("command.sh", "echo $$ > fifo\nsleep 600\n")
		p.git("commit", "-q", "-am", "wait")
		c, _ := p.start("run", "A1")
		pids := p.heard(fifo)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err == nil {
			t.Fatal("was killed and ended well")
		}
		p.git("switch", "-q", "-c", "other")
		code, out := p.planctl("recover")
		if code != 0 || !strings.Contains(out, "kept") || !strings.Contains(out, "main") {
			t.Errorf("on the other branch: exit %d\n%s", code, out)
		}
		if f := p.look("on the other branch"); len(f.entries) != 0 || f.ticked {
			t.Errorf("written on the wrong branch: %+v", f)
		}
		gone(t, pids)
		p.git("switch", "-q", "main")
		if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "interrupted") {
			t.Errorf("back: exit %d\n%s", code, out)
		}
		if f := p.look("back"); len(f.entries) != 1 {
			t.Errorf("not recorded when back: %+v", f)
		}
	})
	t.Run("a ledger that was checked out", func(t *testing.T) {
		p := newCrashPlace(t)
		p.stopAfterLedger()
		p.git("checkout", "-q", "--", "docs/fix_plan.md")
		if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "left as it is") {
			t.Errorf("recover: exit %d\n%s", code, out)
		}
		if f := p.look("after recover"); f.ticked || len(f.entries) != 0 {
			t.Errorf("what a person took back came again: %+v", f)
		}
		if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "nothing to recover") {
			t.Errorf("again: exit %d\n%s", code, out)
		}
	})
	t.Run("a manifest that was taken away", func(t *testing.T) {
		p := newCrashPlace(t)
		p.stopAfterLedger()
		if err := os.RemoveAll(filepath.Join(p.dir, "reports")); err != nil {
			t.Fatal(err)
		}
		p.git("checkout", "-q", "--", "docs/fix_plan.md")
		if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "left as it is") {
			t.Errorf("recover: exit %d\n%s", code, out)
		}
		if f := p.look("after recover"); f.ticked || len(f.entries) != 0 || len(f.manifests) != 0 {
			t.Errorf("%+v", f)
		}
	})
	t.Run("finished where nobody did anything", func(t *testing.T) {
		p := newCrashPlace(t)
		p.stopAfterLedger()
		if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "finished") {
			t.Errorf("recover: exit %d\n%s", code, out)
		}
		if f := p.look("after recover"); !f.ticked || len(f.entries) != 1 {
			t.Errorf("%+v", f)
		}
	})
	t.Run("a row that was reworded", func(t *testing.T) {
		p := newCrashPlace(t)
		p.stopAfterLedger()
		p.plan = bytes.Replace(p.plan, []byte("| One\t"), []byte("| Two\t"), 1)
		p.write("plan.md", string(p.plan))
		if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "reworded") {
			t.Errorf("recover: exit %d\n%s", code, out)
		}
		if f := p.look("after recover"); f.ticked || len(f.entries) != 1 {
			t.Errorf("%+v", f)
		}
	})
}

// TestWorktrees: each has its own locks and intents.
func TestWorktrees(t *testing.T) {
	p := newCrashPlace(t)
	fifo, goOn := p.fifo("fifo"), p.fifo("go")
	p.write("command.sh", "test -p fifo && { echo $$ > fifo; cat go; }\necho made > made.txt\n")
	p.git("commit", "-q", "-am", "wait")
	other := filepath.Join(t.TempDir(), "w")
	p.git("worktree", "add", "-q", "-b", "other", other)
	c, out := p.start("run", "A1")
	p.heard(fifo)
	if code, said := p.planctl("-C", other, "run", "A1"); code != 0 {
		t.Errorf("in the other worktree: exit %d\n%s", code, said)
	}
	if err := os.WriteFile(goOn, []byte("go\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("here: %v\n%s", err, out)
	}
	if f := p.look("here"); !f.ticked || len(f.entries) != 1 {
		t.Errorf("%+v", f)
	}
	there := &crashPlace{t: t, dir: other, plan: p.plan, ledger: p.ledger}
	if f := there.look("there"); !f.ticked || len(f.entries) != 1 {
		t.Errorf("%+v", f)
	}
}
