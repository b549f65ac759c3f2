//go:build linux

package local_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

const grace = 300 * time.Millisecond

func newJob(t *testing.T, script string) runner.Job {
	dir := t.TempDir()
	return runner.Job{
		Key: "local-" + rand.Text(), Argv: []string{"bash", "-o", "pipefail", "-c", script}, Dir: dir, Grace: grace,
		Env: []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}, Log: filepath.Join(dir, "x.log"),
	}
}

func runJobs(t *testing.T, jobs ...runner.Job) []runner.Result {
	t.Helper()
	ex := local.New()
	hs, err := ex.Submit(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := runner.Wait(t.Context(), ex, hs, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func runJob(t *testing.T, j runner.Job) (runner.Result, string) {
	t.Helper()
	return runJobs(t, j)[0], readFile(t, j.Log)
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// survivors are the processes that have the job's folder as their own: every
// process of a test's command starts there, and none leaves it.
func survivors(t *testing.T, dir string) []string {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range links {
		if at, err := os.Readlink(l); err == nil && at == dir {
			cmd, _ := os.ReadFile(filepath.Join(filepath.Dir(l), "cmdline"))
			out = append(out, fmt.Sprintf("%s %q", filepath.Base(filepath.Dir(l)), bytes.ReplaceAll(cmd, []byte{0}, []byte{' '})))
		}
	}
	return out
}

// The ways in which a command's children are hard to end, or its output hard
// to get the end of. Each ends within the grace and a second; none survives.
func TestShapes(t *testing.T) {
	forever := "sleep 1000"
	tests := []struct {
		name    string
		script  string
		timeout bool // the command does not end by itself
		killed  int  // left behind and ended; -1: as many as there were
		log     string
	}{
		{"ends by itself", "echo a", false, 0, "a\n"},
		{"ignores TERM", "trap '' TERM; echo a; while :; do sleep 1000; done", true, -1, "a\n"},
		{"child ignores TERM", "(trap '' TERM; exec sleep 1000) & echo a; wait", true, -1, "a\n"},
		{"background", "sleep 1000 & echo a", false, 1, "a\n"},
		{"background ignores TERM", "(trap '' TERM; exec sleep 1000) & echo a", false, 1, "a\n"},
		{"double fork", "( ( exec sleep 1000 ) & ) ; echo a", false, 1, "a\n"},
		{"setsid", "setsid -f sleep 1000; echo a", false, -1, "a\n"},
		{"setsid closes all", "setsid -f sleep 1000 </dev/null >/dev/null 2>&1; echo a", false, -1, "a\n"},
		{"setsid without environment", "env -i setsid -f sleep 1000; echo a", false, -1, "a\n"},
		{"all of it, and too long", "env -i setsid sleep 1000 >/dev/null 2>&1 & echo a; wait", true, -1, "a\n"},
		{"group of its own", "timeout 1000 sleep 1000 & echo a", false, -1, "a\n"},
		{"job control", "set -m; sleep 1000 & echo a", false, 1, "a\n"},
		{"nohup", "nohup sleep 1000 & echo a", false, 1, ""},
		{"stopped", "trap 'echo bye; exit' TERM; echo a; kill -STOP $$; sleep 1000", true, 0, "a\nbye\n"},
		{"child stopped", "sleep 1000 & kill -STOP $!; echo a", false, 1, "a\n"},
		{"closes stdout", "echo a; exec >&- 2>&-; exec " + forever, true, 0, "a\n"},
		{"closes stdout and leaves", "echo a; exec >&- 2>&-; sleep 1000 &", false, 1, "a\n"},
		{"reads stdin", "cat; read x || echo a", false, 0, "a\n"},
		{"reads the terminal", "read x </dev/tty || echo a >&2", false, 0, ""},
		{"huge stderr", "head -c 5000000 /dev/zero | tr '\\0' x >&2", false, 0, strings.Repeat("x", 5000000)},
		{"zombie parent", "bash -c 'true & exec sleep 1000' & echo a", false, 1, "a\n"},
		{"zombie parent is the command", "echo a; true & exec sleep 1000", true, 0, "a\n"},
		{"fork tree", "f() { if (($1 > 0)); then f $(($1-1)) & f $(($1-1)) & fi; exec sleep 1000; }; f 5 & echo a; wait", true, -1, "a\n"},
		{"forks while it is ended", "trap 'setsid -f sleep 1000; sleep 1000 & exit' TERM; echo a; while :; do sleep 1000 & wait; done", true, -1, "a\n"},
		{"process substitution", "exec > >(cat; echo b); echo a", false, 0, "a\nb\n"},
	}
	ways := []string{"file", "pipe", "terminal"}
	var jobs []runner.Job
	for _, tt := range tests {
		for _, way := range ways {
			j := newJob(t, tt.script)
			j.TTY = way == "terminal"
			if way == "pipe" {
				j.Secrets = []string{"a value that is not printed"}
			}
			if tt.timeout {
				j.Timeout = 3 * time.Second // all start at once, and must have got going by then
			}
			jobs = append(jobs, j)
		}
	}
	before := ownZombies(t) // other tests leave some: what a killed process had started is adopted too
	results := runJobs(t, jobs...)
	for i, tt := range tests {
		for k, way := range ways {
			t.Run(tt.name+"/"+way, func(t *testing.T) {
				j, r := jobs[i*len(ways)+k], results[i*len(ways)+k]
				log, want := readFile(t, j.Log), tt.log
				if j.TTY {
					want = strings.ReplaceAll(want, "\n", "\r\n")
				}
				if left := survivors(t, j.Dir); len(left) > 0 {
					t.Errorf("these survive: %q", left)
				}
				if r.Err != "" || r.TimedOut != tt.timeout || tt.killed >= 0 && r.Killed != tt.killed || tt.killed < 0 && !tt.timeout && r.Killed == 0 {
					t.Errorf("%+v, want timed out %v, killed %d", r, tt.timeout, tt.killed)
				}
				if tt.log != "" && log != want {
					t.Errorf("log %.100q (%d bytes), want %.100q", log, len(log), want)
				}
			})
		}
	}
	if zombies := slices.DeleteFunc(ownZombies(t), func(z string) bool { return slices.Contains(before, z) }); len(zombies) > 0 {
		t.Errorf("orphans that this process adopted stay behind as zombies: %q", zombies)
	}
}

// ownZombies are the children of this process that have ended and were not asked how.
func ownZombies(t *testing.T) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range stats {
		if b, err := os.ReadFile(s); err == nil && bytes.Contains(b, []byte(") Z "+strconv.Itoa(os.Getpid())+" ")) {
			out = append(out, string(b[:bytes.IndexByte(b, ')')+1]))
		}
	}
	return out
}

// TERM goes to a process once: to many programs a second one means at once. The
// child gives it time to come, while its sister keeps making new processes.
func TestAskedOnce(t *testing.T) {
	j := newJob(t, `mkfifo q; exec 8<>q
		(trap 'echo term; n=1' TERM; touch one; until [ "$n" ]; do read -t 0.02 -u 8; done; for ((i = 0; i < 40; i++)); do read -t 0.02 -u 8; done) &
		(trap : TERM; touch two; for ((i = 0; i < 60; i++)); do sleep 0.02; done) 2>/dev/null &
		until [ -e one ] && [ -e two ]; do sleep 0.02; done`)
	j.Grace = time.Minute
	if _, log := runJob(t, j); log != "term\n" {
		t.Errorf("log %q", log)
	}
}

// A child that writes without pause after the command's end is stopped; what is
// in the log then stays.
func TestWritesAfterTheEnd(t *testing.T) {
	for _, secret := range []bool{false, true} {
		j := newJob(t, "(trap '' TERM; while :; do echo more; done) & exit 3")
		if secret {
			j.Secrets = []string{"a value that is not printed"}
		}
		r, log := runJob(t, j)
		if r.Exit != 3 || r.Killed == 0 || r.Err != "" || !strings.Contains(log, "more\n") {
			t.Errorf("%+v, log of %d bytes", r, len(log))
		}
		if left := survivors(t, j.Dir); len(left) > 0 {
			t.Errorf("these survive: %q", left)
		}
		if again := readFile(t, j.Log); len(again) != len(log) {
			t.Errorf("the log grew from %d to %d bytes", len(log), len(again))
		}
	}
}

// What has neither the key nor the output nor the session of its command is still the command's: this process has adopted it,
// and no other job runs that could have left it.
func TestCutsEveryTie(t *testing.T) {
	for range 20 {
		j := newJob(t, "env -i setsid -f sleep 1000 </dev/null >/dev/null 2>&1; echo a")
		r, log := runJob(t, j)
		if left := survivors(t, j.Dir); len(left) > 0 || r.Killed == 0 || r.Exit != 0 || log != "a\n" {
			t.Fatalf("%+v, log %q, these survive: %q", r, log, left)
		}
	}
}

// Of several jobs at once nobody can say whose it was: the last one that ends takes it along.
func TestCutsEveryTieBesideOthers(t *testing.T) {
	one := newJob(t, "env -i setsid -f sleep 1000 </dev/null >/dev/null 2>&1; echo a; touch left")
	two := newJob(t, "until [ -e "+filepath.Join(one.Dir, "left")+" ]; do sleep 0.02; done; echo b")
	for i, r := range runJobs(t, one, two) {
		if r.Exit != 0 || r.Err != "" {
			t.Errorf("job %d: %+v", i, r)
		}
	}
	if left := survivors(t, one.Dir); len(left) > 0 {
		t.Errorf("these survive: %q", left)
	}
}

// Submit starts all at once: each job waits for all the others.
func TestAllAtOnce(t *testing.T) {
	const n = 20
	dir := t.TempDir()
	var jobs []runner.Job
	for i := range n {
		j := newJob(t, fmt.Sprintf("touch %s/%d; until [ \"$(ls %s | wc -l)\" -ge %d ]; do sleep 0.02; done", dir, i, dir, n))
		j.Timeout = time.Minute
		jobs = append(jobs, j)
	}
	for i, r := range runJobs(t, jobs...) {
		if r.Exit != 0 || r.TimedOut {
			t.Errorf("job %d: %+v", i, r)
		}
	}
}

func TestTerminal(t *testing.T) {
	j := newJob(t, "test -t 1 && test -t 2 && ! test -t 0 && stty size <&1 && echo 'token hunter2hunter'")
	j.TTY = true
	j.Env = append(j.Env, "TOKEN=hunter2hunter")
	j.Secrets = []string{"hunter2hunter"}
	var seen bytes.Buffer
	j.Live = &seen
	r, log := runJob(t, j)
	if want := "24 80\r\ntoken ***TOKEN***\r\n"; r.Exit != 0 || log != want || seen.String() != want {
		t.Errorf("%+v, log %q, seen %q, want %q", r, log, seen.String(), want)
	}
}

// What opens /dev/stderr anew empties the file behind it. That is the system's
// way with a log that is a file; a run that lost a part of its log must not pass for whole.
func TestEmptiedLog(t *testing.T) {
	j := newJob(t, "head -c 100000 /dev/zero; until [ -e seen ]; do sleep 0.02; done; d=/dev; echo x >$d/stderr")
	j.Live = seenBy(filepath.Join(j.Dir, "seen"))
	j.Timeout = time.Minute
	r, _ := runJob(t, j)
	if !strings.Contains(r.Err, "/dev/stderr") {
		t.Errorf("%+v", r)
	}
	j = newJob(t, "echo a; echo x >&2; echo y >/dev/fd/1; echo z")
	j.Secrets = []string{"a value that is not printed"}
	if r, log := runJob(t, j); r.Err != "" || log != "a\nx\ny\nz\n" {
		t.Errorf("through a pipe: %+v, %q", r, log)
	}
	// Where the command itself says so, it gets a pipe and loses nothing.
	j = newJob(t, "echo a; echo x >/dev/stderr; echo b | tee /dev/stderr; echo z")
	if r, log := runJob(t, j); r.Err != "" || log != "a\nx\nb\nb\nz\n" {
		t.Errorf("a command that names its output: %+v, %q", r, log)
	}
}

// seenBy makes a file as soon as anything is seen.
type seenBy string

func (s seenBy) Write(p []byte) (int, error) {
	f, err := os.OpenFile(string(s), os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, err
	}
	return len(p), f.Close()
}
