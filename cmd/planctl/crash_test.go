package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A crash place is a workspace whose only task is run, killed somewhere on its way, and recovered.
type crashPlace struct {
	t            *testing.T
	dir          string
	plan, ledger []byte // as a person wrote them
	env          []string
}

const (
	crashPlan = "# T\r\n- Initiative: T-001\r\n\r\n## Phase A\r\n| ID | Task | State |\r\n| --- | --- | --- |\r\n" +
		"| A1 | One\t\u00a0 | `[ ]` |  \r\n\r\n```yaml planctl\r\nA1: {run: sh command.sh, artifacts: [made.txt]}\r\n```\r\nno newline at the end"
	crashLedger = "# Ledger\n\n## [T-001] T\n- Attempts History:\n  * [2025-10-01] Attempt #4 — Result: by hand.\n\n## [U-002] Other\n- trailing   \n"
)

func newCrashPlace(t *testing.T) *crashPlace {
	t.Helper()
	return newCrashPlaceIn(t, t.TempDir())
}

func newCrashPlaceIn(t *testing.T, dir string) *crashPlace {
	t.Helper()
	p := &crashPlace{t: t, dir: dir, plan: []byte(crashPlan), ledger: []byte(crashLedger)}
	p.write("plan.md", crashPlan)
	p.write("docs/fix_plan.md", crashLedger)
	p.write(".planctl.yaml", "version: 1\nplans: [plan.md]\n")
	p.write("command.sh", "echo it runs\necho made > made.txt\n")
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"commit", "-q", "-m", "base"}} {
		if out, err := p.command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return p
}

func (p *crashPlace) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *crashPlace) read(name string) []byte {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, filepath.FromSlash(name)))
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

func (p *crashPlace) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = p.dir
	c.Env = append(append(os.Environ(), p.env...), "NO_COLOR=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@planctl.invalid",
		"GIT_COMMITTER_NAME=T", "GIT_COMMITTER_EMAIL=t@planctl.invalid")
	return c
}

// planctl runs to its end and gives its exit code; a process that a signal ended has -1.
func (p *crashPlace) planctl(args ...string) (int, string) {
	p.t.Helper()
	return p.exit(p.command("planctl", args...))
}

func (p *crashPlace) exit(c *exec.Cmd) (int, string) {
	p.t.Helper()
	out, err := c.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		p.t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), string(out)
}

// found is what is on disk of the one task.
type found struct {
	ticked    bool
	entries   map[string]string // run digest to result word
	manifests map[string]string
}

var entryLine = regexp.MustCompile(`(?m)^  \* \[\d{4}-\d\d-\d\d\] Attempt #(\d+) — A1 One: (\w+) [^\n]*\n(?:    [^\n]*\n)*?    Run: (sha256:[0-9a-f]{64})\n`)

// writing is the temporary files of what an intent tells of: what was cut short of those is cleared away.
var writing = regexp.MustCompile(`\.(plan\.md|fix_plan\.md|A1\.run\.json)\.planctl-`)

// look reads the files and fails where they are not what a person wrote, plus tick and entries.
func (p *crashPlace) look(when string) found {
	p.t.Helper()
	f := found{entries: map[string]string{}, manifests: map[string]string{}}
	got := p.read("plan.md")
	f.ticked = !bytes.Equal(got, p.plan)
	if f.ticked && !bytes.Equal(got, bytes.Replace(p.plan, []byte("`[ ]`"), []byte("`[x]`"), 1)) {
		p.t.Fatalf("%s: the plan differs in more than its token:\n%q", when, got)
	}
	book := p.read("docs/fix_plan.md")
	number := 5
	for _, m := range entryLine.FindAllSubmatch(book, -1) {
		if string(m[1]) != strconv.Itoa(number) {
			p.t.Errorf("%s: attempt #%s, want #%d", when, m[1], number)
		}
		number++
		f.entries[string(m[3])] = string(m[2])
	}
	if rest := entryLine.ReplaceAll(book, nil); !bytes.Equal(rest, p.ledger) {
		p.t.Fatalf("%s: the ledger without its entries is not what it was:\n%s", when, book)
	}
	err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".run.json") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		var s struct{ Predicate struct{ Result string } }
		if err := json.Unmarshal(b, &s); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		f.manifests["sha256:"+hex.EncodeToString(sum[:])] = s.Predicate.Result
		return nil
	})
	if err != nil {
		p.t.Fatalf("%s: %v", when, err)
	}
	passes := 0
	for run, word := range f.entries {
		if f.manifests[run] != word {
			p.t.Errorf("%s: the entry of %s says %s, its manifest %q", when, run, word, f.manifests[run])
		}
		if word == "pass" {
			passes++
		}
	}
	// This is what holds at every instant.
	if f.ticked && passes == 0 {
		p.t.Errorf("%s: a tick without a passing attempt", when)
	}
	return f
}

// settle recovers, twice, and holds what is left to what a person may rely on; then the task runs to its end.
func (p *crashPlace) settle() found {
	p.t.Helper()
	p.look("after the kill")
	if code, out := p.planctl("recover"); code != 0 {
		p.t.Fatalf("recover: exit %d\n%s", code, out)
	}
	after := p.look("after recover")
	if len(after.entries) != len(after.manifests) || len(after.entries) > 1 {
		p.t.Errorf("after recover: %d entries, %d manifests", len(after.entries), len(after.manifests))
	}
	for _, word := range after.entries {
		if word != "pass" && word != "interrupted" {
			p.t.Errorf("after recover: an entry says %s", word)
		}
		if word == "pass" != after.ticked {
			p.t.Errorf("after recover: result %s, ticked %v", word, after.ticked)
		}
	}
	plan, book := p.read("plan.md"), p.read("docs/fix_plan.md")
	if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "nothing to recover") {
		p.t.Errorf("recover again: exit %d\n%s", code, out)
	}
	if !bytes.Equal(plan, p.read("plan.md")) || !bytes.Equal(book, p.read("docs/fix_plan.md")) {
		p.t.Error("recover again changed a file")
	}
	if out, err := p.command("git", "ls-files", "-o").Output(); err != nil || writing.Match(out) {
		p.t.Errorf("a crash left temporary files: %v\n%s", err, out)
	}
	if code, out := p.planctl("run", "A1"); code != 0 {
		p.t.Errorf("run after recover: exit %d\n%s", code, out)
	}
	if end := p.look("at the end"); !end.ticked {
		p.t.Error("at the end: not ticked")
	}
	return after
}

// TestKilledByEachSystemCall kills planctl as it enters one of the calls by which it makes things last, for
// each call and each of its turns. Every place on the way is one where a machine may lose its power.
func TestKilledByEachSystemCall(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not there; it is what kills at an exact call")
	}
	// Each turn costs half a second: all of them only where somebody asks.
	turns := map[string][]int{"linkat": {2}, "renameat2": {1, 2}, "unlinkat": {3, 4}, "fsync": {6}}
	if os.Getenv("PLANCTL_CRASH_ALL") != "" {
		for _, call := range []string{"linkat", "renameat", "renameat2", "unlinkat", "fsync", "mkdirat"} {
			turns[call] = nil
			for n := range 26 {
				turns[call] = append(turns[call], n+1)
			}
		}
	}
	killed := 0
	for call, ns := range turns {
		for _, n := range ns {
			t.Run(fmt.Sprintf("%s/%d", call, n), func(t *testing.T) {
				p := newCrashPlace(t)
				c := p.command(strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n), "planctl", "run", "A1")
				c.Env = append(c.Env, "GOMAXPROCS=1")
				out, err := c.CombinedOutput()
				if bytes.Contains(out, []byte("ptrace")) {
					t.Skipf("strace may not trace here: %s", out)
				}
				if err != nil {
					killed++
				}
				end := p.settle()
				t.Logf("%v: %v", err, end.entries)
			})
		}
	}
	if killed == 0 {
		t.Error("nothing was killed: this test shows nothing")
	}
}

// TestVerifyBeforeRecover kills planctl between the manifest and the tick: verify says that the run is unfinished, and gives no
// other way out of that than recover.
func TestVerifyBeforeRecover(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not there; it is what kills at an exact call")
	}
	p := newCrashPlace(t)
	// The first call that gives the plan its new bytes, whichever thread makes it: strace counts by thread.
	c := p.command(strace, "-f", "-qq", "-o", os.DevNull, "-P", filepath.Join(p.dir, "plan.md"), "-e", "inject=renameat2:signal=SIGKILL:when=1", "planctl", "run", "A1")
	if out, err := c.CombinedOutput(); bytes.Contains(out, []byte("ptrace")) {
		t.Skipf("strace may not trace here: %s", out)
	} else if err == nil {
		t.Fatalf("it was not killed:\n%s", out)
	}
	if at := p.look("after the kill"); at.ticked || len(at.entries) != 1 {
		t.Fatalf("it was killed elsewhere than between entry and tick: %+v", at)
	}
	code, out := p.planctl("verify", "-v")
	for _, want := range []string{"plan.md:7:", "note[evidence-unfinished]: a run of A1 is unfinished", "planctl recover finishes it"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("verify before recover: exit %d, want %q in\n%s", code, want, out)
		}
	}
	if strings.Contains(out, "tick-missing") || strings.Contains(out, "planctl mark") {
		t.Errorf("verify before recover says what recover makes untrue:\n%s", out)
	}
	p.settle()
	if code, out := p.planctl("verify", "-v"); code != 0 || strings.Contains(out, "evidence-unfinished") {
		t.Errorf("verify after recover: exit %d\n%s", code, out)
	}
}

// TestKilledWhileTheCommandRuns kills planctl, and planctl alone, while its command runs: the run is recorded
// as interrupted, and nothing of the command is left running.
func TestKilledWhileTheCommandRuns(t *testing.T) {
	p := newCrashPlace(t)
	said := p.killedWhileItRuns()
	p.write("command.sh", "echo made > made.txt\n")
	if code, out := p.planctl("status"); code != 0 {
		t.Errorf("status between crash and recover: exit %d\n%s", code, out)
	}
	after := p.settle()
	if len(after.entries) != 1 || after.ticked {
		t.Errorf("after recover: %+v, want one interrupted attempt", after)
	}
	for _, pid := range said {
		b, err := os.ReadFile("/proc/" + pid + "/stat")
		if err == nil && !bytes.Contains(b, []byte(") Z ")) {
			t.Errorf("process %s of the command still runs: %s", pid, b)
		}
	}
}

// TestWhatSurvivesIsSaid looks on between the kill and recover: each command that speaks of the task says that it still runs.
func TestWhatSurvivesIsSaid(t *testing.T) {
	p := newCrashPlace(t)
	said := p.killedWhileItRuns()
	const still = "its command still runs (processes "
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"status"}, []string{"\nunfinished A1: " + still, said[0], said[1], "); planctl recover ends and records it\n"}},
		{[]string{"status", "--format", "markdown"}, []string{"- A1: " + still, "`planctl recover` ends"}},
		{[]string{"status", "--json"}, []string{`"unfinished":["A1"]`, `"left":[{"task":"A1","why":"its command still runs",`, `"processes":[` + said[0]}},
		{[]string{"next"}, []string{"\nunfinished A1: " + still}},
		{[]string{"next", "--json"}, []string{`"unfinished":true`}},
		{[]string{"show", "A1"}, []string{"\n  unfinished " + still}},
		{[]string{"show", "A1", "--json"}, []string{`"left":{"task":"A1","why":"its command still runs",`}},
		{[]string{"recover"}, []string{"recovered plan.md#A1: interrupted (attempt #5), ended ", " processes\n"}},
	} {
		code, out := p.planctl(c.args...)
		for _, w := range c.want {
			if code != 0 || !strings.Contains(out, w) {
				t.Errorf("%v: exit %d, want %q in\n%s", c.args, code, w, out)
			}
		}
	}
	for _, args := range [][]string{{"status"}, {"next"}, {"show", "A1"}} {
		if code, out := p.planctl(args...); code != 0 || strings.Contains(out, "unfinished") {
			t.Errorf("%v after recover: exit %d\n%s", args, code, out)
		}
	}
}

// killedWhileItRuns kills planctl, and planctl alone, while its command runs, and gives the numbers of two processes of that.
func (p *crashPlace) killedWhileItRuns() []string {
	t := p.t
	t.Helper()
	fifo := filepath.Join(p.dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	p.write("command.sh", "echo it runs\nsleep 600 &\necho $$ $! > fifo\nwait\n")
	c := p.command("planctl", "run", "A1")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := os.ReadFile(fifo) // waits until the command runs
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil {
		t.Fatal("planctl was killed and ended well")
	}
	return strings.Fields(string(said))
}
