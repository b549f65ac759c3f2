//go:build linux

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// shape is a way in which a command's children are hard to end.
type shape struct {
	name, script string
	endless      bool // it does not end by itself, but at its time limit
	exit         int  // of planctl
	says         string
}

func shapes() []shape {
	bomb := "f() { if (($1 > 0)); then f $(($1-1)) & f $(($1-1)) & fi; exec sleep 1000; }; f 6"
	if _, err := exec.LookPath("setpriv"); err == nil && os.Getuid() == 0 {
		// A real one: only the limit of its user stops it.
		bomb = "exec setpriv --reuid=65533 --clear-groups bash -c 'ulimit -u 60; trap \"\" TERM; f() { f & f & wait; }; f' 2>/dev/null"
	}
	return []shape{
		{"ignores TERM", "trap '' TERM; echo a; while :; do sleep 1000; done", true, 1, "timed out"},
		{"double fork", "( ( exec sleep 1000 ) & ); echo a", false, 0, "passed"},
		{"setsid", "env -i setsid -f sleep 1000 >/dev/null 2>&1 </dev/null; echo a", false, 0, "passed"},
		{"background", "sleep 1000 & (trap '' TERM; exec sleep 1000) & echo a", false, 0, "passed"},
		{"holds the pipe", "setsid -f sh -c 'trap \"\" TERM; while :; do sleep 1000; done'; echo a", false, 0, "passed"},
		{"stopped", "sleep 1000 & kill -STOP $!; kill -STOP $$; sleep 1000", true, 1, "timed out"},
		{"fork bomb within limits", bomb, true, 1, "timed out"},
		{"closes stdout", "echo a; exec >&- 2>&-; sleep 1000", true, 1, "timed out"},
		{"writes after its end", "(trap '' TERM; while :; do echo more; done) & echo a", false, 0, "passed"},
		{"reads stdin", "cat; read -r x || echo a; read -r x </dev/tty || echo b", false, 0, "passed"},
		{"huge stderr", "head -c 20000000 /dev/zero | tr '\\0' x >&2", false, 0, "passed"},
		{"zombie parent", "bash -c 'true & exec sleep 1000' & echo a", false, 0, "passed"},
	}
}

// childrenLimit is the time limit of the commands that do not end by themselves, and childrenGrace what planctl gives to
// those that it asks to end.
const (
	childrenLimit = 2 * time.Second
	childrenGrace = 5 * time.Second
)

// TestChildren: planctl comes back from each of them, into a file as through the masker, and nothing of the command is left.
// PLANCTL_CHILDREN_STRICT asks on a machine that is not busy that it does so within grace and a second; else it has four
// times as long.
func TestChildren(t *testing.T) {
	type one struct {
		shape
		way   string
		p     *crashPlace
		c     *exec.Cmd
		out   *bytes.Buffer
		began time.Time
		took  time.Duration
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var all []*one
	for _, s := range shapes() {
		for _, way := range []string{"file", "pipe"} {
			spec := "run: " + strconv.Quote(s.script) + ", timeout: " + childrenLimit.String()
			if !s.endless {
				spec = "run: " + strconv.Quote(s.script)
			}
			p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger, "plans/p.md": strings.Replace(onePlan, "run: echo ran >> ran.txt", spec, 1)})
			o := &one{shape: s, way: way, p: p, out: &bytes.Buffer{}}
			o.c = exec.CommandContext(ctx, "planctl", "run", "A1")
			o.c.Dir, o.c.Env = p.dir, p.command("planctl").Env
			if way == "pipe" {
				o.c.Env = append(o.c.Env, "A_TOKEN=a value that is not printed")
			}
			o.c.Stdout, o.c.Stderr = o.out, o.out
			all = append(all, o)
		}
	}
	strict := os.Getenv("PLANCTL_CHILDREN_STRICT") != ""
	ended := make(chan *one, len(all))
	for _, o := range all {
		o.began = time.Now()
		if err := o.c.Start(); err != nil {
			t.Fatal(err)
		}
		wait := func() {
			_ = o.c.Wait() // its exit code is looked at below
			o.took = time.Since(o.began)
			ended <- o
		}
		if strict {
			wait() // one after another: each has the machine for itself
		} else {
			go wait()
		}
	}
	for range all {
		o := <-ended
		name := o.name + "/" + o.way
		if ctx.Err() != nil {
			t.Fatalf("%s: planctl hangs\n%s", name, o.out)
		}
		if code := o.c.ProcessState.ExitCode(); code != o.exit || !strings.Contains(o.out.String(), o.says) {
			t.Errorf("%s: exit %d\n%s", name, code, o.out)
		}
		if left := inside(t, o.p.dir); len(left) > 0 {
			t.Errorf("%s: these survive: %q", name, left)
		}
		most := childrenGrace + time.Second
		if o.endless {
			most += childrenLimit
		}
		t.Logf("%s: %.2f s of %.0f s", name, o.took.Seconds(), most.Seconds())
		if !strict {
			most *= 4 // what a busy machine needs, and less than where the grace is not kept to
		}
		if o.took > most {
			t.Errorf("%s took %s", name, o.took)
		}
	}
}

// inside lists the processes that have a directory as their own.
func inside(t *testing.T, dir string) []string {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range links {
		if at, err := os.Readlink(l); err == nil && at == dir {
			b, err := os.ReadFile(filepath.Join(filepath.Dir(l), "cmdline"))
			if err == nil && len(b) > 0 {
				out = append(out, string(bytes.ReplaceAll(b, []byte{0}, []byte{' '})))
			}
		}
	}
	return out
}
