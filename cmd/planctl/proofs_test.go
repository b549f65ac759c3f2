package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// A proofCase is a red and its green, A1 and B1, run for real: an impostor is refused, and for its own reason.
type proofCase struct {
	name  string
	tool  string // what has to be there: see tools; "" for bash alone
	spec  string // of A1 and B1
	files string // txtar
	then  string // txtar, laid over the files before the green; a file whose name begins with rm: is taken away
	red   string // what its refusal says, "" where it counts
	green string // what its refusal says, "" where it counts; not looked at where the red is refused
	args  []string
	after func(t *testing.T, p *crashPlace) // what an impostor that was let pass meets later
	whole func(t *testing.T, p *crashPlace) // instead of a red and a green in their order
}

// A runnerTool is a test runner, and how it is found; an optional one has a version that CI's machine may lack.
type runnerTool struct {
	variable, probe string
	optional        bool
}

// tools say how each runner is found; the variable names it to the commands of the specs.
func tools() map[string]runnerTool {
	return map[string]runnerTool{
		"pytest": {variable: "PY", probe: `for p in python3 /usr/bin/python3; do $p -c 'import pytest' 2>/dev/null && command -v $p && exit; done; exit 1`},
		"python": {variable: "PY", probe: `command -v python3`},
		"go":     {variable: "GO", probe: `command -v go`},
		"cargo":  {variable: "CARGO", probe: `command -v cargo`},
		"node":   {variable: "NODE", probe: `v=$(node --version) && v=${v#v} && [ "${v%%.*}" -ge 18 ] && command -v node`},
		"node20": {variable: "NODE", probe: `v=$(node --version) && v=${v#v} && [ "${v%%.*}" -ge 20 ] && command -v node`, optional: true},
		"prove":  {variable: "PROVE", probe: `command -v prove`},
		"ctest":  {variable: "CTEST", probe: `command -v cmake >/dev/null && command -v cc >/dev/null && command -v ctest`},
	}
}

// tool is the environment that names a runner. Where it is not installed the test is skipped, but in CI, which installs all.
func tool(t *testing.T, name string) []string {
	t.Helper()
	if name == "" {
		return nil
	}
	is := tools()[name]
	out, err := exec.Command("bash", "-c", is.probe).Output()
	path := strings.TrimSpace(string(out))
	if err != nil || path == "" {
		if os.Getenv("CI") != "" && !is.optional {
			t.Fatalf("%s is not here, and CI has to have it", name)
		}
		t.Skipf("%s is not here", name)
	}
	return []string{is.variable + "=" + path}
}

const proofPlan = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | Fail first | [ ] |\n\n" +
	"## Phase B\n| ID | Task | State |\n| --- | --- | --- |\n| B1 | Pass then | [ ] |\n\n```yaml planctl\nSPEC\n```\n"

func newProofPlace(t *testing.T, c proofCase) *crashPlace {
	t.Helper()
	p := &crashPlace{t: t, dir: t.TempDir(), env: tool(t, c.tool)}
	p.write("plan.md", strings.Replace(proofPlan, "SPEC", strings.TrimSpace(c.spec), 1))
	p.write("docs/fix_plan.md", "# Ledger\n\n## [T-001] T\n- Attempts History:\n")
	p.write(".planctl.yaml", "version: 1\nplans: [plan.md]\n")
	p.write(".gitignore", "__pycache__/\n.pytest_cache/\ntarget/\nbuild/\n")
	p.lay(c.files)
	p.commit("init", "-q", "-b", "main")
	p.commit("add", ".")
	p.commit("commit", "-q", "-m", "base")
	return p
}

// lay writes the files of an archive.
func (p *crashPlace) lay(text string) {
	p.t.Helper()
	for _, f := range txtar.Parse([]byte(text)).Files {
		if name, gone := strings.CutPrefix(f.Name, "rm:"); gone {
			if err := os.Remove(filepath.Join(p.dir, name)); err != nil {
				p.t.Fatal(err)
			}
			continue
		}
		p.write(f.Name, string(f.Data))
	}
}

// prove runs one case and looks at what planctl says of it, and at what the plan says then.
func prove(t *testing.T, c proofCase) {
	p := newProofPlace(t, c)
	if c.whole != nil {
		c.whole(t, p)
		return
	}
	p.verdict("A1", c.red)
	if c.red != "" {
		return
	}
	p.lay(c.then)
	p.verdict("B1", c.green, c.args...)
	if c.after != nil {
		c.after(t, p)
		return
	}
	if c.green == "" {
		p.commit("add", "-A")
		p.commit("commit", "-q", "-m", "proved")
		if code, out := p.planctl("verify"); code != 0 || out != "" {
			t.Errorf("verify, exit %d: %s", code, out)
		}
		if code, out := p.planctl("replay", "B1"); code != 0 {
			t.Errorf("replay, exit %d: %s", code, out)
		}
	}
}

func (p *crashPlace) verdict(id, refusal string, args ...string) {
	p.t.Helper()
	code, out := p.planctl(append([]string{"run", id}, args...)...)
	ticked := strings.Contains(string(p.read("plan.md")), "| "+id+" | ") && strings.Contains(string(p.read("plan.md")), map[string]string{"A1": "| Fail first | [x] |", "B1": "| Pass then | [x] |"}[id])
	switch {
	case refusal == "" && (code != 0 || !ticked):
		p.t.Fatalf("%s was refused, exit %d:\n%s\n%s", id, code, out, p.logs())
	case refusal != "" && (code == 0 || ticked):
		p.t.Fatalf("%s was believed, exit %d:\n%s\n%s", id, code, out, p.logs())
	case refusal != "" && !strings.Contains(out, refusal):
		p.t.Fatalf("%s was refused for another reason than %q:\n%s\n%s", id, refusal, out, p.logs())
	}
}

// logs is what the commands printed, for a failing test to show.
func (p *crashPlace) logs() string {
	found, err := filepath.Glob(filepath.Join(p.dir, "reports", "*", "*", "*.log"))
	if err != nil {
		p.t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range found {
		text, err := os.ReadFile(name)
		if err != nil {
			p.t.Fatal(err)
		}
		b.WriteString("--- " + filepath.Base(name) + "\n")
		b.Write(text)
	}
	return b.String()
}

// some is every Nth of the cases, where PLANCTL_PROOFS says N: the race detector needs to see a few.
func some(t *testing.T, cases []proofCase) []proofCase {
	t.Helper()
	nth := os.Getenv("PLANCTL_PROOFS")
	if nth == "" {
		return cases
	}
	n, err := strconv.Atoi(nth)
	if err != nil || n < 1 {
		t.Fatalf("PLANCTL_PROOFS=%s: want a number from 1", nth)
	}
	var out []proofCase
	for i := 0; i < len(cases); i += n {
		out = append(out, cases[i])
	}
	return out
}

// TestImpostors shows runs that look like a red or a green, and are none, to planctl.
func TestImpostors(t *testing.T) {
	seen := map[string]bool{}
	cases := impostors()
	if len(cases) < 40 {
		t.Errorf("%d impostors, fewer than 40", len(cases))
	}
	for _, c := range some(t, cases) {
		if seen[c.name] {
			t.Errorf("%q stands there twice", c.name)
		}
		seen[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.red == "" && c.green == "" && c.after == nil && c.whole == nil {
				t.Fatal("it is refused nowhere")
			}
			prove(t, c)
		})
	}
}

// TestHonestProofs proves a red and its green with the runners of several languages, verifies and replays each.
func TestHonestProofs(t *testing.T) {
	cases := honest()
	if len(cases) < 15 {
		t.Errorf("%d proofs, fewer than 15", len(cases))
	}
	for _, c := range some(t, cases) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			prove(t, c)
		})
	}
}
