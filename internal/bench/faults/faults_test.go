package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestFaults is the program in short form: a few trials of each of its parts, of the scenarios of the short form, and those that once went wrong.
// PLANCTL_FAULTS_EVERY says one of how many trials is done; 1 does them all, and takes hours.
func TestFaults(t *testing.T) {
	b := newBench(t)
	for _, part := range []struct {
		name  string
		every int
		do    func(*bench, context.Context) error
	}{
		{"strace", 1, (*bench).compared},
		{"crash", 401, (*bench).crashes},
		{"errors", 307, (*bench).failures},
		{"small", 37, (*bench).small},
		{"truncate", 1499, (*bench).truncations},
	} {
		t.Run(part.name, func(t *testing.T) {
			b.every, b.done = part.every, 0
			if s := os.Getenv("PLANCTL_FAULTS_EVERY"); s != "" {
				var err error
				if b.every, err = strconv.Atoi(s); err != nil {
					t.Fatal(err)
				}
			}
			if err := part.do(b, t.Context()); err != nil {
				t.Fatal(err)
			}
			if b.done == 0 && part.name != "strace" && part.name != "small" { // those need strace, and root
				t.Error("nothing was done: this shows nothing")
			}
			t.Logf("%d trials", b.done)
		})
	}
	t.Run("points", func(t *testing.T) { pointsAreMetAgain(t, b) })
	t.Run("mended crashes", func(t *testing.T) { mendedCrashes(t, b) })
	t.Run("mended errors", func(t *testing.T) { mendedErrors(t, b) })
	t.Run("errors are no verdicts", func(t *testing.T) { errorsAreNoVerdicts(t, b) })
	t.Run("a phase that cannot be judged is named", func(t *testing.T) { phasesAreNamed(t, b) })
	t.Run("an error just after the start", func(t *testing.T) { endsWhatItStarted(t, b) })
}

func newBench(t *testing.T) *bench {
	t.Helper()
	if !tracing {
		t.Skip("planctl is traced on linux/amd64 only")
	}
	b := &bench{jobs: 2, short: os.Getenv("PLANCTL_FAULTS_EVERY") == ""}
	if err := b.prepare(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	p, err := newPlace(b.planctl, filepath.Join(b.dir, "probe"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.traced(fault{}, "version"); err != nil {
		t.Skipf("a process may not be traced here: %v", err)
	}
	return b
}

// pointsAreMetAgain: a point that one trace has is in every other, so that the count of points hit is that of points
// traced or a trial fails.
func pointsAreMetAgain(t *testing.T, b *bench) {
	s := named(t, "run")
	base, err := b.base(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		again, err := s.points(base.place, filepath.Join(b.dir, "again"+strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		there := map[string]bool{}
		for _, p := range again {
			there[p.full()] = true
		}
		for _, p := range base.points {
			if !there[p.full()] {
				t.Errorf("trace %d has no %s", i, p.full())
			}
		}
		if len(again) != len(base.points) {
			t.Errorf("trace %d has %d points, the first %d", i, len(again), len(base.points))
		}
	}
	if n := len(kills(base.points)); n < 150 {
		t.Errorf("a run has %d points to be killed at, and 150 were expected", n)
	}
}

func named(t *testing.T, name string) *scenario {
	t.Helper()
	for _, s := range scenarios() {
		if s.name == name {
			return &s
		}
	}
	t.Fatalf("no scenario %q", name)
	return nil
}

func doer(t *testing.T, name string) person {
	t.Helper()
	for _, p := range persons() {
		if p.name == name {
			return p
		}
	}
	t.Fatalf("no person %q", name)
	return person{}
}

// mendedCrashes once left something behind, or brought something back.
func mendedCrashes(t *testing.T, b *bench) {
	const note = ".git/planctl/notes/PID-RANDOM.jsonl"
	for i, c := range []struct {
		scenario, call, path string
		nth                  int
		person               string
	}{
		// One temporary file was left, which nothing knew of.
		{"run", "linkat", "reports/.gitattributes", 1, "nobody does anything"},
		{"run", "linkat", "reports/.gitignore", 1, "nobody does anything"},
		{"run", "linkat", "reports/STAMP/plan_phase_A/A1.patch", 1, "nobody does anything"},
		{"run", "linkat", "reports/STAMP/plan_phase_A/summary.md", 1, "nobody does anything"},
		{"run", "unlinkat", note, 1, "nobody does anything"},
		{"mark", "linkat", "reports/.gitignore", 1, "nobody does anything"},
		{"init", "linkat", ".planctl.yaml", 1, "nobody does anything"},
		{"init", "linkat", ".gitattributes", 1, "nobody does anything"},
		// The file was in its place, and the intent did not say so yet: recover wrote it again.
		{"run", "fsync", "docs", 1, "the ledger is checked out"},
		{"mark", "fsync", "docs", 1, "the ledger is checked out"},
		{"run", "fsync", ".", 2, "the tick is taken back"},
		{"mark", "fsync", ".", 2, "the tick is taken back"},
		{"recover a run that was not ticked", "fsync", ".", 1, "the tick is taken back"},
		// Not in its place yet: it is written, whoever edits meanwhile.
		{"run", "renameat2", "docs/fix_plan.md", 1, "the ledger is checked out"},
		{"run", "renameat2", "plan.md", 1, "the tick is taken back"},
		// Kept for another branch, and every recovery wrote its name into the locks.
		{"run", "renameat2", "plan.md", 1, "the branch is switched for good"},
	} {
		t.Run(c.call+" "+c.path+", "+c.person, func(t *testing.T) {
			s := named(t, c.scenario)
			base, err := b.base(s)
			if err != nil {
				t.Fatal(err)
			}
			f := fault{do: kill, at: point{call: c.call, path: c.path, nth: c.nth}}
			if err := s.crash(base.place, filepath.Join(b.dir, "killed"+strconv.Itoa(i)), f, doer(t, c.person), func(fault) {}); err != nil {
				t.Error(err)
			}
		})
	}
}

// mendedErrors were once taken for something else.
func mendedErrors(t *testing.T, b *bench) {
	const intent = ".git/planctl/intents/KEY.jsonl"
	for i, c := range []struct {
		scenario, call, path string
		nth                  int
		do                   doing
		errno                syscall.Errno
		what                 string
	}{
		{"mark", "openat", "docs/fix_plan.md", 1, fail, syscall.EIO, "a ledger that nobody can read, exit 3"},
		{"mark", "openat", "docs/fix_plan.md", 3, fail, syscall.EIO, "no ledger, so that the attempt had the number 0"},
		{"mark", "read", "plan.md", 1, fail, syscall.EIO, "a task that is not there, exit 2"},
		{"mark", "read", "plan.md", 3, fail, syscall.EIO, "a row that has gone, exit 1"},
		{"mark", "read", ".planctl.yaml", 1, fail, syscall.EIO, "a config that nobody can read, exit 3"},
		{"init", "openat", ".gitattributes", 1, fail, syscall.EMFILE, "a file that nobody can read, exit 3"},
		{"init", "getdents64", ".", 1, fail, syscall.EIO, "trouble of no directory"},
		{"run without git", "openat", ".", 5, fail, syscall.EIO, "trouble of no directory"},
		{"replay", "close", "test.sh", 2, fail, syscall.EIO, "a pin that the record of the replay left out, which verify accused"},
		{"run, and the ledger is saved as it is replaced", "unlinkat", "docs/.fix_plan.md.planctl-RANDOM", 1, fail, syscall.EIO, "a save that planctl gave way to, and nothing more, exit 0"},
		{"run", "openat", ".git/commondir", 1, fail, syscall.EMFILE, "no git checkout, so that locks were kept elsewhere"},
		{"run", "openat", "source.txt", 1, fail, syscall.EMFILE, "an input that the spec has wrong, exit 3"},
		{"run", "openat", "made.txt", 1, fail, syscall.EMFILE, "an artifact that the command had not made, a failed attempt"},
		{"run", "pread64", "made.txt", 1, fail, syscall.EIO, "so too"},
		{"run", "pread64", "reports/STAMP/plan_phase_A/A1.log", 1, fail, syscall.EIO, "a log without tests, a failed attempt"},
		{"run", "openat", "reports/STAMP/plan_phase_A/A1.log", 1, fail, syscall.ENOSPC, "an attempt without a log, which verify accused"},
		{"run", "fsync", "reports/STAMP/plan_phase_A/A1.log", 1, fail, syscall.EIO, "a command that failed, exit 1"},
		{"run", "write", intent, 3, cut, syscall.ENOSPC, "half a line in the middle, after which nobody could read the intent"},
		{"run", "write", intent, 4, cut, syscall.ENOSPC, "so too"},
		{"run", "write", intent, 2, fail, syscall.EIO, "trouble of a file of another name"},
		{"run", "flock", ".git/planctl/locks/workspace.lock", 2, fail, syscall.ENOSPC, "trouble of no file"},
		{"run", "write", ".git/planctl/notes/PID-RANDOM.jsonl", 2, fail, syscall.EROFS, "a directory that is read-only"},
	} {
		t.Run(c.call+" "+c.path, func(t *testing.T) {
			s := named(t, c.scenario)
			base, err := b.base(s)
			if err != nil {
				t.Fatal(err)
			}
			f := fault{do: c.do, at: point{call: c.call, path: c.path, nth: c.nth}, errno: c.errno}
			if err := s.failing(base.place, filepath.Join(b.dir, "failed"+strconv.Itoa(i)), f, func(fault) {}); err != nil {
				t.Errorf("once taken for %s: %v", c.what, err)
			}
		})
	}
}

// endsWhatItStarted: the disk fails when the intent is to say what was started. planctl once went away and left the
// command running, and no intent that told of it.
func endsWhatItStarted(t *testing.T, b *bench) {
	p, err := newPlace(b.planctl, filepath.Join(b.dir, "started"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.write("command.sh", "trap '' TERM\necho it runs\nwhile :; do sleep 1; done\n"); err != nil {
		t.Fatal(err)
	}
	r, err := p.traced(fault{do: fail, at: point{call: "fsync", path: ".git/planctl/intents/KEY.jsonl", nth: 1}, errno: syscall.EIO}, "run", "A1")
	if err != nil {
		t.Fatal(err)
	}
	if !r.hit || r.exit != 4 || !names(r.said, r.real) {
		t.Errorf("hit: %v, exit %d: %s", r.hit, r.exit, r.said)
	}
	for _, pid := range inDirectory(t, p.dir) {
		t.Errorf("process %d of the command goes on", pid)
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	}
	if err := p.recovered(); err != nil {
		t.Fatal(err)
	}
	s, err := p.settled()
	if err != nil {
		t.Fatal(err)
	}
	if words := slices.Collect(maps.Values(s.entries)); !slices.Equal(words, []string{"interrupted"}) {
		t.Errorf("the command has run, and the entries are %q", words)
	}
}

// inDirectory is the processes whose working directory it is.
func inDirectory(t *testing.T, dir string) (pids []int) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil || len(links) == 0 {
		t.Fatalf("no processes are listed: %v", err)
	}
	for _, link := range links {
		if at, err := os.Readlink(link); err != nil || at != dir {
			continue // gone meanwhile, or somebody else's
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// What looks like a message that names a file has to.
func TestNames(t *testing.T) {
	key := strings.Repeat("0123456789abcdef", 2)
	for _, c := range []struct {
		said, real string
		want       bool
	}{
		{"error: open /w/plan.md: no space left on device", "/w/plan.md", true},
		{"error: no space left on device", "/w/plan.md", false},
		{"error: write /w/docs/fix_plan.md: no", "/w/docs/.fix_plan.md.planctl-0123456789abcdef", true},
		{"error: /w/docs: the directory is read-only (EROFS)", "/w/docs/.fix_plan.md.planctl-0123456789abcdef", true},
		{"error: write the intent /w/.git/planctl/intents/" + key + ".jsonl: no", "/w/.git/planctl/intents/" + key + ".17.making", true},
	} {
		if got := names(c.said, c.real); got != c.want {
			t.Errorf("%q names %s: %v, want %v", c.said, c.real, got, c.want)
		}
	}
}
