package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// payload is one thing that somebody hostile puts into a workspace. In names and texts %OUT% is a directory outside of it,
// and %CANARY% a file there that a command of theirs would make.
type payload struct {
	name  string
	files map[string]string                    // beside, or in place of, those of a workspace that is well
	make  func(h *hostilePlace)                // what files cannot say: links, FIFOs
	after func(h *hostilePlace, output string) // what must hold beyond what always must
	args  [][]string                           // commands beside those that are always tried
	all   bool                                 // its commands may write anywhere in the workspace: they are honest work that turned
}

// hostilePlace is a box with a workspace in it and a directory outside of that.
type hostilePlace struct {
	t   *testing.T
	box string
	ws  string
	out string
}

const (
	hostilePlan = "# T\n- Initiative: T-001\n\n## Phase A\nGoal: stand firm\n\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n| A1 | One | [ ] | |\n\n```yaml planctl\nA1: {run: echo honest}\n```\n"
	hostileMark = "precious\n"
)

func (h *hostilePlace) fill(s string) string {
	return strings.NewReplacer("%OUT%", h.out, "%CANARY%", filepath.Join(h.out, "canary"), "%WS%", h.ws).Replace(s)
}

func (h *hostilePlace) write(name, text string) {
	h.t.Helper()
	at := filepath.Join(h.ws, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(h.fill(text)), 0o644); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hostilePlace) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// link puts a symbolic link in the place of whatever is there.
func (h *hostilePlace) link(target, name string) {
	h.t.Helper()
	at := filepath.Join(h.ws, filepath.FromSlash(name))
	h.must(os.RemoveAll(at))
	h.must(os.MkdirAll(filepath.Dir(at), 0o755))
	h.must(os.Symlink(h.fill(target), at))
}

func (h *hostilePlace) fifo(name string) {
	h.t.Helper()
	at := filepath.Join(h.ws, filepath.FromSlash(name))
	h.must(os.RemoveAll(at))
	h.must(os.MkdirAll(filepath.Dir(at), 0o755))
	h.must(syscall.Mkfifo(at, 0o644))
}

// snapshot is everything in the box: kind and bytes by path from the box.
func (h *hostilePlace) snapshot() map[string]string {
	h.t.Helper()
	seen := map[string]string{}
	h.must(filepath.WalkDir(h.box, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(h.box, p)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		what := info.Mode().String()
		switch {
		case info.Mode().IsRegular():
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			what += fmt.Sprintf(" %d %x", len(b), sha256.Sum256(b))
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := os.Readlink(p)
			if err != nil {
				return err
			}
			what += " " + to
		}
		seen[filepath.ToSlash(rel)] = what
		return nil
	}))
	return seen
}

// own matches what planctl may write in a workspace: evidence below reports, its own directory, the config (link does), the
// ledger and the plans; made.bin is what the honest command of some payloads makes.
var own = regexp.MustCompile(`^ws(/.*)?/reports(/(\.gitattributes|\.gitignore|\d{4}-\d\d-\d\dT\d{6}Z(/[^/]+(/.*)?)?))?$|^ws/\.planctl(\.yaml$|/|$)|^ws/docs/fix_plan\.md$|^ws/plans/[^/]*\.md$|^ws/plans$|^ws/docs$|^ws/\.gitattributes$|^ws/made\.bin$|^ws$`)

// same holds a snapshot against an earlier one and names what changed where nothing may.
func (h *hostilePlace) same(before map[string]string, all bool) {
	h.t.Helper()
	now := h.snapshot()
	for p, what := range now {
		if was, ok := before[p]; (!ok || was != what) && !own.MatchString(p) && !(all && strings.HasPrefix(p, "ws/")) {
			h.t.Errorf("%q was written: %s (before: %s)", p, what, was)
		}
	}
	for p := range before {
		if _, ok := now[p]; !ok && !own.MatchString(p) && !(all && strings.HasPrefix(p, "ws/")) {
			h.t.Errorf("%q was removed", p)
		}
	}
}

// raw is the first place of a text that moves a terminal: a control character but for line ends and tabs, one that
// reorders what stands beside it, or bytes that are no UTF-8.
func raw(s string) int {
	if !utf8.ValidString(s) {
		return strings.IndexRune(strings.ToValidUTF8(s, "\x00"), 0)
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0x2028 || r == 0x2029)
	})
}

// hostileCommands are tried on every payload; what of them runs nothing is called in this process.
var hostileCommands = [][]string{
	{"status", "-v"}, {"status", "--json"}, {"status", "--format", "markdown"}, {"next"}, {"next", "--json"}, {"show", "plans/p.md"}, {"show", "A1"}, {"lint"}, {"lint", "--format", "sarif"},
	{"lint", "--format", "github"}, {"lint", "--format", "junit"}, {"inspect", "plans/p.md", "docs/fix_plan.md"}, {"verify"}, {"verify", "--json"}, {"run", "--all", "--dry-run"}, {"bind"},
	{"__complete", "show", ""}, {"init", "--dry-run"},
	{"run!", "--all", "--keep-going"}, {"run!", "A1", "--force", "--json"},
	{"status"}, {"show", "A1"}, {"log"}, {"log", "--json"}, {"log", "A1", "--tail"}, {"audit", "A1"}, {"verify"},
}

// hostileLimit is far more than any command of a payload takes, and less than one that waits takes.
const hostileLimit = 3 * time.Minute

// planctl runs one command: in a process of its own where its first word ends in !, since it starts others.
func (h *hostilePlace) planctl(args []string) (int, string) {
	h.t.Helper()
	name, outside := strings.CutSuffix(args[0], "!")
	args = append([]string{name}, args[1:]...)
	for i := range args {
		args[i] = h.fill(args[i])
	}
	env := append(os.Environ(), "NO_COLOR=1", "HOME="+h.box, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+h.box)
	ctx, cancel := context.WithTimeout(h.t.Context(), hostileLimit)
	defer cancel()
	var out bytes.Buffer
	if !outside {
		code := run(ctx, append([]string{"-C", h.ws}, args...), stdio{In: strings.NewReader(""), Out: &out, Err: &out, Env: env})
		if ctx.Err() != nil {
			h.t.Errorf("%q takes longer than %s", args, hostileLimit)
		}
		return code, out.String()
	}
	c := exec.CommandContext(ctx, "planctl", args...)
	c.Dir, c.Env, c.Stdout, c.Stderr = h.ws, env, &out, &out
	err := c.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		h.t.Fatal(err)
	}
	if ctx.Err() != nil {
		h.t.Errorf("%q takes longer than %s", args, hostileLimit)
	}
	return c.ProcessState.ExitCode(), out.String()
}

// try holds one payload to what must hold for all.
func (p payload) try(t *testing.T) {
	h := &hostilePlace{t: t, box: t.TempDir()}
	real, err := filepath.EvalSymlinks(h.box)
	h.must(err)
	h.box, h.ws, h.out = real, filepath.Join(real, "ws"), filepath.Join(real, "outside")
	h.must(os.MkdirAll(h.out, 0o755))
	for name, text := range map[string]string{"precious.md": hostileMark, "fix_plan.md": oneLedger, "p.md": hostilePlan} {
		h.must(os.WriteFile(filepath.Join(h.out, name), []byte(text), 0o644))
	}
	files := map[string]string{".planctl.yaml": "version: 1\n", "plans/p.md": hostilePlan, "docs/fix_plan.md": oneLedger}
	for name, text := range p.files {
		files[name] = text
	}
	for name, text := range files {
		h.write(name, text)
	}
	if p.make != nil {
		p.make(h)
	}
	before := h.snapshot()
	var said strings.Builder
	for _, args := range append(slices.Clone(hostileCommands), p.args...) {
		code, out := h.planctl(args)
		fmt.Fprintf(&said, "$ planctl %q\n%s(exit %d)\n", args, out, code)
		if i := raw(out); i >= 0 {
			t.Errorf("%q: a terminal would act on %q", args, out[i:min(len(out), i+40)])
		}
		if strings.Contains(out, "panic:") || strings.Contains(out, "goroutine ") {
			t.Errorf("%q: %.2000s", args, out)
		}
		if code < 0 || code > 5 {
			t.Errorf("%q: exit %d\n%.2000s", args, code, out)
		}
	}
	if _, err := os.Lstat(filepath.Join(h.out, "canary")); err == nil {
		t.Error("its command was executed")
	}
	h.same(before, p.all)
	if p.after != nil {
		p.after(h, said.String())
	}
	if t.Failed() {
		t.Logf("%.6000s", said.String())
	}
}

// TestHostile tries every payload. Nothing of theirs is executed, nothing is written but where planctl writes, and no
// byte that a terminal acts on reaches it.
func TestHostile(t *testing.T) {
	var tried, commands atomic.Int64
	list := payloads()
	if len(list) < 300 {
		t.Errorf("%d payloads, want 300 or more", len(list))
	}
	t.Cleanup(func() { t.Logf("%d payloads, %d commands", tried.Load(), commands.Load()) })
	every := 2 // in the time of the other tests; .ci/run has all
	if s := os.Getenv("PLANCTL_HOSTILE_EVERY"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("PLANCTL_HOSTILE_EVERY=%s", s)
		}
		every = n
	}
	slices.SortFunc(list, func(a, b payload) int { return strings.Compare(a.name, b.name) })
	names := map[string]bool{}
	for i, p := range list {
		if names[p.name] {
			t.Errorf("two payloads are called %q", p.name)
		}
		names[p.name] = true
		if i%every != 0 {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			tried.Add(1)
			commands.Add(int64(len(hostileCommands) + len(p.args)))
			p.try(t)
		})
	}
}
