package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/plan"
)

func TestRoot(t *testing.T) {
	repo := tree(t, map[string]string{
		"plans/a.md":         phased("A-1", phase("A", "", "A1")),
		"sub/.planctl.yaml":  "version: 1\nplans: [p/*.md]\n",
		"sub/p/b.md":         phased("B-1", phase("A", "", "A1")),
		"sub/deep/er/x":      "",
		"other/settings.yml": "version: 1\nplans: [plans/none-*.md]\n",
	})
	git(t, repo, "init", "-q")
	plain := tree(t, map[string]string{"plans/c.md": phased("", phase("A", "", "A1")), "plans/sub/x": ""})
	for _, c := range []struct{ name, dir, config, root, plans, config2 string }{
		{"git top level", "other", "", repo, "plans/a.md", ""},
		{"nearest config", "sub/deep/er", "", filepath.Join(repo, "sub"), "p/b.md", ".planctl.yaml"},
		{"other settings", "other", "other/settings.yml", repo, "", "other/settings.yml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Options{Dir: filepath.Join(repo, c.dir)}
			if c.config != "" {
				o.Config = filepath.Join(repo, c.config)
			}
			w, err := Open(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			if w.Root != c.root || planPaths(w) != c.plans || w.ConfigPath != c.config2 || w.Git == nil {
				t.Errorf("root %s, plans %q, config %q, git %v", w.Root, planPaths(w), w.ConfigPath, w.Git != nil)
			}
		})
	}
	w := open(t, plain)
	if w.Git == nil && (w.Root != plain || planPaths(w) != "plans/c.md") { // a temporary directory inside a repository has another root
		t.Errorf("outside git: root %s, plans %q", w.Root, planPaths(w))
	}
}

func TestOpenRefuses(t *testing.T) {
	root := tree(t, map[string]string{"file": "x", "bad/.planctl.yaml": "version: 1\nplanz: []\n", "dir/.planctl.yaml/x": ""})
	if _, err := Open(context.Background(), Options{Dir: filepath.Join(root, "bad")}); err == nil {
		t.Error("a config with an unknown key was accepted")
	} else if l := (finding.List)(nil); !errors.As(err, &l) || l[0].Pos() != ".planctl.yaml:2:1" {
		t.Errorf("%T %v", err, err)
	}
	for dir, want := range map[string]string{
		"none": "none is no directory", "file": "it is a file", "dir": "config cannot be read",
	} {
		if _, err := Open(context.Background(), Options{Dir: filepath.Join(root, dir)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", dir, err, want)
		}
	}
	if _, err := Open(context.Background(), Options{Dir: root, Config: filepath.Join(root, "no.yaml")}); err == nil || !strings.Contains(err.Error(), "no.yaml") {
		t.Errorf("missing --config: %v", err)
	}
}

// The plan of a real project lies three directories below reports; notes beside it are none.
func TestDiscovery(t *testing.T) {
	seed := "plans/active/X-001/reports/2025-10-19T115303Z/phase_c/plan.md"
	run := "plans/active/X-001/reports/2025-10-20T100000Z/phase_c/"
	w := openFiles(t, map[string]string{
		seed:                             phased("X-001", phase("C1", "", "C1.A")),
		"plans/active/X-001/impl.md":     phased("X-001", phase("A", "", "A1")),
		"plans/notes.md":                 "# Notes\n\n| Metric | Status |\n| --- | --- |\n| speed | good |\n",
		"plans/archive/old.md":           phased("OLD-1", phase("A", "", "A1 [x]")),
		"plans/empty.md":                 "",
		"plans/readme.txt":               phased("", phase("A", "", "A1")),
		"docs/x.md":                      phased("", phase("A", "", "A1")),
		run + "C1.A.run.json":            "{}",
		run + "summary.md":               phased("", phase("A", "", "A1")),
		run + "copy.md":                  phased("", phase("A", "", "A1")),
		"plans/.git/x.md":                phased("", phase("A", "", "A1")),
		"plans/spec-only.md":             "# Spec\n\n```yaml planctl\nA1:\n  run: true\n```\n",
		"plans/active/lost.planctl.yaml": "A1:\n  run: true\n",
	})
	want := "plans/active/X-001/impl.md " + seed + " plans/archive/old.md"
	if planPaths(w) != want {
		t.Errorf("plans\n%s, want\n%s", planPaths(w), want)
	}
	for _, p := range w.Plans {
		if p.Archived != strings.HasPrefix(p.Path, "plans/archive/") {
			t.Errorf("%s archived: %v", p.Path, p.Archived)
		}
	}
	if !has(w.Findings, "plan-in-evidence", run+"copy.md") || has(w.Findings, "plan-in-evidence", run+"summary.md") {
		t.Errorf("findings: %v", w.Findings)
	}
	if !has(w.Findings, "plan-no-table", "plans/spec-only.md") || !has(w.Findings, "spec-no-plan", "plans/active/lost.planctl.yaml") {
		t.Errorf("findings: %v", w.Findings)
	}
}

// A directory with a config of its own is a workspace of its own: neither its plans nor its evidence are read.
func TestNested(t *testing.T) {
	files := func(config string) map[string]string {
		return map[string]string{
			".planctl.yaml":               config,
			"plans/own.md":                phased("", phase("A", "", "A1")),
			"svc/.planctl.yaml":           "version: 1\n",
			"svc/plans/p.md":              phased("", phase("A", "", "A1")),
			"svc/plans/q.md":              phased("", phase("B", "", "B1")),
			"svc/plans/q.planctl.yaml":    "B1: {run: x}\n",
			"svc/plans/note.md":           "nothing\n",
			"svc/plans/lost.planctl.yaml": "A1: {run: x}\n",
			"svc/plans/reports/2026-01-05T101500Z/phase_A/A1.run.json": "{",
			"svcs/plans/r.md": phased("", phase("A", "", "A1")),
		}
	}
	for _, c := range []struct{ plans, want string }{
		{`"**/plans/**/*.md"`, "plans/own.md svcs/plans/r.md"},
		{`"svc/plans/*.md", plans/own.md`, "plans/own.md"},
		{`"**/plans/**/*.md", "svc/plans/{p,none}.md"`, "plans/own.md svc/plans/p.md svcs/plans/r.md"},
		{`svc/plans/p.md`, "svc/plans/p.md"},
	} {
		w := open(t, tree(t, files("version: 1\nplans: ["+c.plans+"]\n")))
		if got := planPaths(w); got != c.want {
			t.Errorf("%s: plans %q, want %q", c.plans, got, c.want)
		}
		for _, f := range w.Findings {
			named := strings.Contains(c.want, "svc/plans/p.md")
			switch {
			case strings.HasPrefix(f.File, "svc/") && f.Code != "plan-nested-workspace" && !named:
				t.Errorf("%s: %v", c.plans, f)
			case f.Code == "plan-nested-workspace" && (f.Severity == finding.Warning) != (f.File == "svc/plans/p.md" && named):
				t.Errorf("%s: %v", c.plans, f)
			}
		}
		if !has(w.Findings, "plan-nested-workspace", "svc/plans/p.md") {
			t.Errorf("%s: nothing is said of svc: %v", c.plans, w.Findings)
		}
	}
	w := open(t, filepath.Join(tree(t, files("version: 1\nplans: ['**/*.md']\n")), "svc"))
	if got := planPaths(w); got != "plans/p.md plans/q.md" || has(w.Findings, "plan-nested-workspace", "") {
		t.Errorf("in svc itself: %q, %v", got, w.Findings)
	}
}

func TestHostileFiles(t *testing.T) {
	plan1 := phased("X-001", phase("A", "", "A1"))
	root := tree(t, map[string]string{
		".planctl.yaml":        "version: 1\n",
		"plans/good.md":        plan1,
		"plans/dir.md/in.md":   phased("Y-001", phase("A", "", "A1")),
		"plans/binary.md":      "\x00\x01" + plan1,
		"plans/noise.md":       strings.Repeat("\x00\xff\xfe\x80", 5000),
		"plans/utf16.md":       "\xff\xfe|\x00 \x00",
		"plans/latin.md":       strings.Replace(plan1, "something", "\xe9\xff", 1),
		"plans/huge.md":        plan1 + strings.Repeat("x", MaxPlan),
		"plans/huge-log.md":    strings.Repeat("no table here\n", MaxPlan/14+10),
		"elsewhere/linked.txt": phased("Z-001", phase("A", "", "A1")),
		"elsewhere/dir/d.md":   plan1,
	})
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(root, "plans", name)); err != nil {
			t.Fatal(err)
		}
	}
	link("nowhere", "dangling.md")
	link("loop.md", "loop.md")
	link("..", "up")
	link("../elsewhere/dir", "dirlink")
	link("good.md", "alias.md")
	link("../elsewhere/linked.txt", "linked.md")
	link("/dev/zero", "zero.md")
	if err := syscall.Mkfifo(filepath.Join(root, "plans/fifo.md"), 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "plans/secret.md"), plan1)
	if err := os.Chmod(filepath.Join(root, "plans/secret.md"), 0); err != nil {
		t.Fatal(err)
	}
	w := open(t, root)
	want := []string{"plans/dir.md/in.md", "plans/good.md", "plans/latin.md", "plans/linked.md"}
	if os.Geteuid() == 0 { // whom no permission stops
		want = append(want, "plans/secret.md")
	} else if !has(w.Findings, "plan-unreadable", "plans/secret.md") {
		t.Error("an unreadable file was passed over in silence")
	}
	if planPaths(w) != strings.Join(want, " ") {
		t.Errorf("plans %s, want %s", planPaths(w), want)
	}
	for _, f := range []string{"dangling", "loop", "binary", "utf16", "huge"} {
		if !has(w.Findings, "plan-unreadable", "plans/"+f+".md") {
			t.Errorf("nothing was said of %s.md", f)
		}
	}
	for _, f := range []string{"noise", "huge-log", "zero", "fifo"} {
		if has(w.Findings, "plan-unreadable", "plans/"+f+".md") {
			t.Errorf("%s.md was taken for a plan", f)
		}
	}
	for name, why := range map[string]string{
		"plans/dir.md": "is a directory", "plans/binary.md": "is binary", "plans/huge.md": "more than", "plans/fifo.md": "no regular file",
		"plans/huge-log.md": "no checklist table", "elsewhere/linked.txt": "does not match `plans`",
	} {
		if _, err := w.FindPlan(name); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("FindPlan(%s): %v, want %q", name, err, why)
		}
	}
}

func TestLooksLikePlan(t *testing.T) {
	for text, want := range map[string]bool{
		"| ID | State |": true, "a\r| id | STATUS |\r": true, "state\n|a|b|": false, "|x|\n\nThe state.": false,
		"": false, "ID | State": true, "```yaml planctl\n": true, "| S | T | A | T |": false,
	} {
		if looksLikePlan([]byte(text)) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestSpecsAndTheirNames(t *testing.T) {
	w := openFiles(t, map[string]string{
		"plans/a.md":           phased("A-1", phase("A", "", "A1", "A2", "A3"), "```yaml planctl\nA1:\n  run: echo one\nA4:\n  run: echo four\nA2:\n  run: echo two\n  after: [A9, A1]\n```\n"),
		"plans/b.md":           phased("B-1", phase("B", "", "B1", "B2", "B3")),
		"plans/b.planctl.yaml": "B1:\n  run: echo b\nphases:\n  C:\n    criteria: ['file(\"x\").exists']\nB2:\n  plan: plans/a.md\n  phase: AA\nB3:\n  plan: plans/zz.md\n  phase: A\n",
	})
	a, b := w.Plans[0], w.Plans[1]
	if a.Item("A1").Spec == nil || a.Item("A3").Spec != nil || b.Item("B1").Spec == nil || b.Sidecar != "plans/b.planctl.yaml" {
		t.Error("specs are not with their rows")
	}
	var got []string
	for _, f := range w.Findings {
		got = append(got, f.Pos()+" "+string(f.Code)+" "+f.Message)
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{
		"plans/a.md:18:1 spec-unknown-task plans/a.md has no task A4",
		"spec-unknown-task `after` of A2: no task is named \"A9\"",
		"plans/b.planctl.yaml:4:3 spec-unknown-phase plans/b.md has no phase C",
		"spec-unknown-phase `phase` of B2: plans/a.md has no phase AA",
		"spec-unknown-plan `plan` of B3: no plan is named \"plans/zz.md\"",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no finding %q in\n%s", want, all)
		}
	}
	if len(w.Findings) != 5 {
		t.Errorf("%d findings:\n%s", len(w.Findings), all)
	}
}

func TestTokenUse(t *testing.T) {
	w := openFiles(t, map[string]string{
		"plans/a.md":         phased("A-1", phase("A", "", "A1 [D]", "A2 [D]", "A3 [x]", "A4 [~]", "A5 [P]")),
		"plans/archive/b.md": phased("B-1", phase("A", "", "A1 [X]", "A2 [X]", "A3 [X]")),
	})
	if w.TokenUse[plan.Done] != "[D]" || w.TokenUse[plan.Active] != "[P]" || w.TokenUse[plan.Blocked] != "" {
		t.Errorf("%v", w.TokenUse)
	}
}

func TestLedgers(t *testing.T) {
	w := openFiles(t, map[string]string{
		".planctl.yaml": "version: 1\nledgers: [docs/old.md, docs/none.md]\nlinks: {plans/zz.md: A-1}\n",
		"docs/old.md":   section("B-1"),
		"plans/a.md":    phased("A-1", phase("A", "", "A1")),
	})
	if !w.Ledger.Missing() || w.Ledger.Path != "docs/fix_plan.md" || len(w.Archives) != 2 || w.Archives[0].Missing() || !w.Archives[1].Missing() {
		t.Errorf("ledgers: %+v %+v", w.Ledger, w.Archives)
	}
	if len(w.Findings) != 2 || w.Findings[0].Code != "config-ledger" || w.Findings[1].Code != "config-link" {
		t.Errorf("findings: %v", w.Findings)
	}
	if w.Evidence == nil {
		t.Error("no evidence was read")
	}
	lazy, err := Open(context.Background(), Options{Dir: w.Root, NoEvidence: true})
	if err != nil || lazy.Evidence != nil {
		t.Errorf("NoEvidence: %v, %v", lazy.Evidence, err)
	}
}

// Many references that lead nowhere cost no more than they are, and those that lead somewhere stay fine.
func TestManyReferences(t *testing.T) {
	const rows = 3000
	var names, specs []string
	for i := range rows {
		id := fmt.Sprintf("A%d", i)
		names = append(names, id)
		ref := fmt.Sprintf("NONE%d", i)
		if i%2 == 0 {
			ref = "other#B1"
		}
		specs = append(specs, id+": {run: make, after: ["+ref+"]}")
	}
	w := openFiles(t, map[string]string{
		"plans/a.md":     phased("A-1", phase("A", "", names...), "```yaml planctl\n"+strings.Join(specs, "\n")+"\n```\n"),
		"plans/other.md": phased("B-1", phase("B", "", "B1")),
	})
	if len(w.Findings) != rows/2 {
		t.Errorf("%d findings, want %d", len(w.Findings), rows/2)
	}
}

// A plan that is named in full has its sidecar beside it as one that a pattern finds.
func TestSidecarOfANamedPlan(t *testing.T) {
	w := openFiles(t, map[string]string{
		".planctl.yaml":  "version: 1\nplans: [b.md]\n",
		"b.md":           phased("B-1", phase("B", "", "B1")),
		"b.planctl.yaml": "B1:\n  run: echo b\n",
	})
	if b := w.Plans[0]; b.Sidecar != "b.planctl.yaml" || b.Item("B1").Spec == nil {
		t.Errorf("sidecar %q", b.Sidecar)
	}
}
