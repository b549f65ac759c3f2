package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const hashingPlan = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n\n```yaml planctl\nA1: SPEC\n```\n"

// TestInterruptedWhileHashing: one Ctrl-C ends each command that hashes a file of any size, and nothing is concluded of the file.
func TestInterruptedWhileHashing(t *testing.T) {
	needsProc(t)
	const (
		done = "{run: echo made > big, artifacts: [big]}"
		read = "{run: 'true', inputs: [big]}"

		ended = "interrupted while its evidence was judged; the command had ended"
	)
	for _, c := range []struct {
		name, spec string
		before     []string // shell: planctl and what makes the file
		env        []string
		args       string
		file       string // that is hashed when the interrupt comes
		reason     string // of the attempt that it leaves; "" where it leaves none
		kept       string // files of the record
	}{
		{"an artifact", "{run: 'truncate -s 1T big; echo b > small', artifacts: [big, small]}", nil, nil, "run A1", "big",
			ended, "A1.log small"},
		{"a log", "{run: 'echo it ran; truncate -s 1T $PLANCTL_DIR/A1.log'}", nil, nil, "run A1", "A1.log",
			ended + "; its log was not hashed", ""},
		{"a test report", "{kind: red, run: 'truncate -s 1T big; exit 1', tests: [big]}", nil, nil, "run A1", "big",
			ended, "A1.log"},
		{"a pin after the run", "{run: truncate -s 1T big, pins: [big]}", []string{"echo small > big"}, nil, "run A1", "big",
			ended, "A1.log"},
		{"a search for secrets", "{run: truncate -s 1T $PLANCTL_DIR/big}", nil, []string{"API_TOKEN=correct-horse-battery"}, "run A1", "big",
			ended, "A1.log"},
		{"an input", "{run: 'true', inputs: [big]}", []string{"truncate -s 1T big"}, nil, "run A1", "big", "", ""},
		{"a pin before the run", "{run: 'true', pins: [big]}", []string{"truncate -s 1T big"}, nil, "run A1", "big", "", ""},
		{"what is done already", done, []string{"planctl run A1", "truncate -s 1T big"}, nil, "run A1", "big", "", ""},
		{"an input of what is done", read, []string{"echo small > big; planctl run A1", "truncate -s 1T big"}, nil, "run A1", "big", "", ""},
		{"status", read, []string{"echo small > big; planctl run A1", "truncate -s 1T big"}, nil, "status", "big", "", ""},
		{"status of a pin", "{run: 'true', pins: [big]}", []string{"echo small > big; planctl run A1", "truncate -s 1T big"}, nil, "status --json", "big", "", ""},
		{"next", read, []string{"echo small > big; planctl run A1", "truncate -s 1T big"}, nil, "next", "big", "", ""},
		{"show", read, []string{"echo small > big; planctl run A1", "truncate -s 1T big"}, nil, "show A1", "big", "", ""},
		{"show of a phase", read, []string{"echo small > big; planctl run A1", "truncate -s 1T big"}, nil, "show A --json", "big", "", ""},
		{"verify of an input", read, []string{"echo small > big; planctl run A1", "truncate -s 1T big"}, nil, "verify", "big", "", ""},
		{"a preview", done, []string{"planctl run A1", "truncate -s 1T big"}, nil, "run A1 --dry-run", "big", "", ""},
		{"a mark", "{kind: manual, artifacts: [big]}", []string{"truncate -s 1T big"}, nil, "mark A1 done --note seen", "big", "", ""},
		{"the inputs of a mark", "{kind: manual, inputs: [big]}", []string{"truncate -s 1T big"}, nil, "mark A1 done --note seen", "big", "", ""},
		{"a review", "{run: echo made > big, artifacts: [big], review: true}", []string{"planctl run A1", "truncate -s 1T big"}, nil, "mark A1 done --run RUN", "big", "", ""},
		{"verify", done, []string{"planctl run A1", "truncate -s 1T big"}, nil, "verify", "big", "", ""},
		{"verify --update-baseline", done, []string{"planctl run A1", "truncate -s 1T big"}, nil, "verify --update-baseline", "big", "", ""},
		{"audit", done, []string{"planctl run A1", "truncate -s 1T big"}, nil, "audit A1", "big", "", ""},
		{"check", done, []string{"planctl run A1", "truncate -s 1T reports/*/*/A1.log"}, nil, "check A1", "A1.log", "", ""},
		{"check --record", done, []string{"planctl run A1", "truncate -s 1T big"}, nil, "check A1 --record", "big", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger, "plan.md": strings.Replace(hashingPlan, "SPEC", c.spec, 1),
				".planctl.yaml": "version: 1\nplans: [plan.md]\nreports: reports\n"})
			p.env = c.env
			for _, line := range c.before {
				if code, out := p.exit(p.command("bash", "-c", line)); code != 0 {
					t.Fatalf("%s: exit %d\n%s", line, code, out)
				}
			}
			runs, book, plan := p.runs(), p.read("docs/fix_plan.md"), p.read("plan.md")
			args := strings.Fields(c.args)
			for i := range args {
				if args[i] == "RUN" {
					_, after, _ := strings.Cut(string(book), "Run: sha256:")
					args[i] = after[:12]
				}
			}
			code, out := p.interruptedAt(c.file, args...)
			if code != 130 {
				t.Errorf("exit %d\n%s", code, out)
			}
			for _, wrong := range []string{"missing", "gone", "not what the run left", "changed", "error", "context canceled"} {
				if strings.Contains(out, wrong) {
					t.Errorf("it says %q of what it did not read:\n%s", wrong, out)
				}
			}
			if string(p.read("plan.md")) != string(plan) {
				t.Errorf("the plan is another one:\n%s", p.read("plan.md"))
			}
			added := strings.TrimPrefix(string(p.read("docs/fix_plan.md")), string(book))
			now := p.runs()
			if c.reason == "" {
				if added != "" || len(now) != len(runs) {
					t.Errorf("%d records more, and in the ledger\n%s", len(now)-len(runs), added)
				}
				if len(runs) == 0 {
					if dirs, err := filepath.Glob(filepath.Join(p.dir, "reports", "*", "*")); err != nil || len(dirs) > 0 {
						t.Errorf("left behind: %v %v", dirs, err)
					}
				}
			} else if !strings.Contains(added, " A1 One: interrupted (") || len(now) != 1 || now[0].Reason != c.reason || !strings.Contains(out, c.reason) {
				t.Errorf("recorded: %v, and in the ledger\n%s\nit said\n%s", now, added, out)
			} else {
				var kept []string
				for _, f := range now[0].Files {
					kept = append(kept, f.Name)
				}
				if got := strings.Join(kept, " "); got != c.kept {
					t.Errorf("its record has %q, want %q", got, c.kept)
				}
			}
			if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "nothing to recover") {
				t.Errorf("recover: exit %d\n%s", code, out)
			}
			// What is there now is what a command made later, or takes too long to read again.
			if err := os.RemoveAll(filepath.Join(p.dir, "big")); err != nil {
				t.Fatal(err)
			}
			if len(runs) > 0 {
				return
			}
			if code, out := p.planctl("verify"); code != 0 {
				t.Errorf("verify: exit %d\n%s", code, out)
			}
		})
	}
}

// TestInterruptedBesideALargeArtifact: where the interrupt ends the command, what it left is not hashed for ever either.
func TestInterruptedBesideALargeArtifact(t *testing.T) {
	p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger, "plan.md": strings.Replace(hashingPlan, "SPEC",
		"{run: 'truncate -s 1T big; echo b > small; echo $$ > fifo; sleep 600', artifacts: [big, small]}", 1), ".planctl.yaml": "version: 1\nplans: [plan.md]\n"})
	fifo := p.fifo("fifo")
	c, out := p.start("run", "A1")
	p.heard(fifo)
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	p.interrupt(c, ended)
	if code := c.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit %d\n%s", code, out)
	}
	runs := p.runs()
	if len(runs) != 1 || runs[0].Reason != "interrupted" || len(runs[0].Files) != 2 || runs[0].Files[0].Name != "A1.log" || runs[0].Files[1].Name != "small" {
		t.Errorf("recorded: %+v", runs)
	}
	p.isSound(t, "nothing to recover")
}

// TestInterruptedRecovery: a recovery that hashes a large log ends at one interrupt, and leaves the run to the next.
func TestInterruptedRecovery(t *testing.T) {
	needsProc(t)
	p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger, "plan.md": strings.Replace(hashingPlan, "SPEC", "{run: 'echo $$ > fifo; sleep 600'}", 1),
		".planctl.yaml": "version: 1\nplans: [plan.md]\nreports: reports\n"})
	fifo := p.fifo("fifo")
	c, out := p.start("run", "A1")
	p.heard(fifo)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil {
		t.Fatalf("it was not killed\n%s", out)
	}
	logs, err := filepath.Glob(filepath.Join(p.dir, "reports", "*", "*", "A1.log"))
	if err != nil || len(logs) != 1 {
		t.Fatalf("logs: %v %v", logs, err)
	}
	if err := os.Truncate(logs[0], 1<<40); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"recover"}, {"run", "A1"}} {
		if code, out := p.interruptedAt("A1.log", args...); code != 130 || strings.Contains(out, "canceled") {
			t.Errorf("%v: exit %d\n%s", args, code, out)
		}
	}
	if got := p.runs(); len(got) != 0 {
		t.Errorf("recorded: %+v", got)
	}
	if err := os.Truncate(logs[0], 0); err != nil {
		t.Fatal(err)
	}
	p.isSound(t, "plan.md#A1: interrupted")
}

// TestInterruptedReplay: what a replay's command left is no verdict where it was not read to its end.
func TestInterruptedReplay(t *testing.T) {
	needsProc(t)
	p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger, ".planctl.yaml": "version: 1\nplans: [plan.md]\nreports: reports\n", ".gitignore": "big\n", "impl": "",
		"test.sh": "s=; test -s impl || s='<failure message=\"zero\"/>'\nprintf '<testsuite><testcase name=\"a\">%s</testcase></testsuite>' \"$s\" > big\n" +
			"test -z \"$BIG\" || truncate -s 1T big\ntest -s impl\n",
		"plan.md": "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | Fail | [ ] |\n| A2 | Pass | [ ] |\n\n" +
			"```yaml planctl\nA1: {kind: red, run: bash test.sh, because: zero, tests: [big], pins: [test.sh]}\nA2: {kind: green, red: A1, tests: [big]}\n```\n"})
	p.commit("init", "-q", "-b", "main")
	p.commit("add", ".")
	p.commit("commit", "-q", "-m", "base")
	for _, line := range []string{"planctl run A1", "echo x > impl", "planctl run A2", "planctl replay A2"} {
		if code, out := p.exit(p.command("bash", "-c", line)); code != 0 {
			t.Fatalf("%s: exit %d\n%s", line, code, out)
		}
	}
	p.env = []string{"BIG=1"}
	if code, out := p.interruptedAt("big", "verify", "--replay"); code != 130 || strings.Contains(out, "does not hold") {
		t.Errorf("verify --replay: exit %d\n%s", code, out)
	}
	if code, out := p.interruptedAt("big", "replay", "A2"); code != 130 || !strings.Contains(out, "interrupted") {
		t.Errorf("replay: exit %d\n%s", code, out)
	}
	if book := string(p.read("docs/fix_plan.md")); !strings.Contains(book, "Attempt #4 — A2 Pass: interrupted (") {
		t.Errorf("the ledger has\n%s", book)
	}
	p.env = nil
	p.isSound(t, "nothing to recover")
}

func needsProc(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/self/fdinfo"); err != nil {
		t.Skip("what a process reads cannot be seen here")
	}
}

// isSound holds a workspace to it that recover says this, and verify finds nothing.
func (p *crashPlace) isSound(t *testing.T, recovered string) {
	t.Helper()
	if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, recovered) {
		t.Errorf("recover: exit %d\n%s", code, out)
	}
	if code, out := p.planctl("verify"); code != 0 {
		t.Errorf("verify: exit %d\n%s", code, out)
	}
}

// interruptedAt is planctl with one Ctrl-C while it reads a file.
func (p *crashPlace) interruptedAt(file string, args ...string) (int, string) {
	p.t.Helper()
	c, out := p.start(args...)
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for !isReading(c, file) {
		select {
		case err := <-ended:
			p.t.Fatalf("it came to its end before: %v\n%s", err, out)
		default:
			runtime.Gosched()
		}
	}
	p.interrupt(c, ended)
	return c.ProcessState.ExitCode(), out.String()
}

// interrupt is one Ctrl-C. A terabyte takes far longer than planctl is given to end.
func (p *crashPlace) interrupt(c *exec.Cmd, ended <-chan error) {
	p.t.Helper()
	if err := c.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		if err := c.Process.Kill(); err != nil {
			p.t.Error(err)
		}
		p.t.Fatalf("one interrupt does not end it: %v", <-ended)
	}
}

// isReading reports whether a process has read more than a megabyte of a file of that name: more than is ever looked at to see
// what it is.
func isReading(c *exec.Cmd, name string) bool {
	dir := "/proc/" + strconv.Itoa(c.Process.Pid)
	fds, err := os.ReadDir(dir + "/fd")
	if err != nil {
		return false // it has just ended
	}
	is := func(fd string) bool {
		at, err := os.Readlink(dir + "/fd/" + fd)
		return err == nil && filepath.Base(at) == name
	}
	return slices.ContainsFunc(fds, func(fd os.DirEntry) bool {
		if !is(fd.Name()) {
			return false
		}
		b, err := os.ReadFile(dir + "/fdinfo/" + fd.Name())
		if err != nil || !is(fd.Name()) { // the number may be another file's by now
			return false
		}
		var pos int64
		n, err := fmt.Sscanf(string(b), "pos: %d", &pos)
		return n == 1 && err == nil && pos > 1<<20
	})
}
