package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const replayPlan = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | Fail | [ ] |\n| A2 | Pass | [ ] |\n\n" +
	"```yaml planctl\nA1: {kind: red, run: bash test.sh, because: zero, pins: [test.sh]}\nA2: {kind: green, red: A1}\n```\n"

// The test of the replayed place: with FIFO set it says that it is there, through the FIFO, and stays for ever.
const replayTest = "if test -n \"$FIFO\"; then exec 3>\"$FIFO\"; echo up >&3; setsid tail -f /dev/null & wait; fi\n" +
	"echo 1..1\ntest -s impl && echo 'ok 1 - a' && exit\nprintf 'not ok 1 - a\\n# zero bytes\\n'\nexit 1\n"

// A replay that is killed leaves nothing: its commands are ended and its checkouts are gone without anybody calling
// planctl again, and a recovery records it as interrupted.
func TestReplayKilled(t *testing.T) {
	p := killedReplay(t, "replay", "A2")
	if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "interrupted") {
		t.Errorf("exit %d: %s", code, out)
	}
	if code, out := p.planctl("verify"); code != 0 {
		t.Errorf("exit %d: %s", code, out)
	}
	if code, out := p.planctl("replay", "A2"); code != 0 {
		t.Errorf("exit %d: %s", code, out)
	}
}

// verify --replay keeps its logs where they go with the checkouts.
func TestVerifyReplayKilled(t *testing.T) {
	p := killedReplay(t, "verify", "--replay", "-q") // -q: standard error is what clears up speaks on
	if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "nothing to recover") {
		t.Errorf("exit %d: %s", code, out)
	}
	if code, out := p.planctl("verify", "--replay"); code != 0 {
		t.Errorf("exit %d: %s", code, out)
	}
}

// killedReplay kills planctl while it replays the proof of A2, and wants nothing to be left.
func killedReplay(t *testing.T, args ...string) *crashPlace {
	t.Helper()
	p := &crashPlace{t: t, dir: t.TempDir()}
	p.write("plan.md", replayPlan)
	p.write("docs/fix_plan.md", "# Ledger\n\n## [T-001] T\n- Attempts History:\n")
	p.write(".planctl.yaml", "version: 1\nplans: [plan.md]\n")
	p.write("test.sh", replayTest)
	p.write("impl", "")
	p.commit("init", "-q", "-b", "main")
	p.commit("add", ".")
	p.commit("commit", "-q", "-m", "base")
	if code, out := p.planctl("run", "A1"); code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	p.write("impl", "x")
	if code, out := p.planctl("run", "A2"); code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	p.commit("add", ".")
	p.commit("commit", "-q", "-m", "proved")

	temp, fifo := t.TempDir(), filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	c := p.command("planctl", args...)
	c.Env = append(c.Env, "TMPDIR="+temp, "FIFO="+fifo)
	said, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(fifo) // until the command in the throwaway checkout opens it, too
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	lines := bufio.NewReader(in)
	if line, err := lines.ReadString('\n'); line != "up\n" {
		t.Fatalf("%q %v", line, err)
	}
	if left := names(t, temp); len(left) != 1 || !strings.HasPrefix(left[0], "planctl-replay-") {
		t.Fatalf("while it runs there is %q", left)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Each of these ends only when nobody holds the other end any more.
	if b, err := io.ReadAll(lines); len(b) > 0 || err != nil {
		t.Errorf("the command went on: %q %v", b, err)
	}
	if b, err := io.ReadAll(said); len(b) > 0 || err != nil {
		t.Errorf("what clears up says %q %v", b, err)
	}
	_ = c.Wait() // it was killed
	if left := names(t, temp); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
	return p
}

// Where what clears up is killed with the replay, a recovery does its work.
func TestReplayKilledWithItsGuard(t *testing.T) {
	p := newCrashPlace(t)
	left := filepath.Join(t.TempDir(), "planctl-replay-1")
	if err := os.MkdirAll(filepath.Join(left, "1", "deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(left, "1"), 0o500); err != nil {
		t.Fatal(err)
	}
	in := `{"intent":{"key":"k1","name":"plan.md#A1","pid":0,"birth":"1","branch":"refs/heads/main","run_dir":"reports/2025-10-19T122449Z/phase_A","manifest":"reports/2025-10-19T122449Z/phase_A/A1.run.json","log":"reports/2025-10-19T122449Z/phase_A/A1.log","begun":"2025-10-19T12:24:49Z","partial":{"task":{"plan":"plan.md","id":"A1","initiative":"T-001","row":""},"kind":"replay","nonce":"k1"},"entry":{"ledger":"docs/fix_plan.md","section":"T-001","title":"One","task":"A1","style":"block"}}}` + "\n" +
		`{"scratch":"` + left + `"}` + "\n"
	p.write(".git/planctl/intents/k1.jsonl", in)
	if code, out := p.planctl("recover"); code != 0 || !strings.Contains(out, "plan.md#A1") {
		t.Fatalf("exit %d: %s", code, out)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("the throwaway directory is still there")
	}
}

func (p *crashPlace) commit(args ...string) {
	p.t.Helper()
	if out, err := p.command("git", args...).CombinedOutput(); err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}
