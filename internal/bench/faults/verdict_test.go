package main

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// readFiles is what no criterion, no decision and no proof can be judged without, and a command makes none of.
var readFiles = []string{"judged.json", "kept.txt", "source.txt", "test.sh"}

// judged gives the workspace rows whose criteria, artifacts and inputs are those files.
func judged(p *place) error {
	p.texts = documents()
	p.texts["plan.md"] = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One\t\u00a0 | `[ ]` |  \n| A2 | By hand | `[ ]` |\n\n" +
		"```yaml planctl\nA1: {run: sh command.sh, criteria: ['json(\"judged.json\").n == 1']}\n" +
		"A2: {kind: manual, artifacts: [kept.txt], inputs: [source.txt], criteria: ['json(\"judged.json\").n == 1']}\n" +
		"phases: {A: {criteria: ['json(\"judged.json\").n == 1']}}\n```\n"
	for name, text := range map[string]string{"plan.md": p.texts["plan.md"], "judged.json": `{"n": 1}`, "kept.txt": "kept\n"} {
		if err := p.write(name, text); err != nil {
			return err
		}
	}
	return nil
}

// errorsAreNoVerdicts: where a file cannot be read at the moment at which it is judged, nothing is concluded from it: no
// criterion fails, no run, and no decision is refused for what the file would say.
func errorsAreNoVerdicts(t *testing.T, b *bench) {
	run, green, mark := []string{"run", "A1"}, []string{"run", "A4", "--force"}, []string{"mark", "A2", "done", "--note", "read it"}
	ran := func(p *place) error {
		if err := judged(p); err != nil {
			return err
		}
		_, err := p.must(run...)
		return err
	}
	for _, s := range []scenario{
		{name: "run", args: run, again: run, ends: []string{"A1"}, prepare: judged},
		{name: "mark", args: mark, again: mark, ends: []string{"A2"}, prepare: judged},
		{name: "check", args: []string{"check", "A1"}, again: mark, prepare: ran},
		{name: "run of a green", args: green, again: green, ends: []string{"A3", "A4"}, prepare: (*place).proven},
	} {
		t.Run(s.name, func(t *testing.T) {
			dir := t.TempDir()
			base, points, err := s.base(b.planctl, dir)
			if err != nil {
				t.Fatal(err)
			}
			met := 0
			for i, at := range points {
				// A green looks at its pins so often that the openings have to stand for the reading.
				if !slices.Contains(readFiles, at.path) || at.path == "test.sh" && at.call != "openat" {
					continue
				}
				met++
				f := fault{do: fail, at: at, errno: syscall.EIO}
				if err := s.failing(base, filepath.Join(dir, strconv.Itoa(i)), f, func(fault) {}); err != nil {
					t.Errorf("%s: %v", f, err)
				}
			}
			if met == 0 {
				t.Error("nothing of it was read: this shows nothing")
			}
		})
	}
}

// phasesAreNamed: a phase that could not be judged at the moment at which its last row was ticked is named, with the way to
// judge it. The row's own run is done.
func phasesAreNamed(t *testing.T, b *bench) {
	base := func(p *place) error {
		if err := judged(p); err != nil {
			return err
		}
		_, err := p.must("mark", "A2", "done", "--note", "read it")
		return err
	}
	run := []string{"run", "A1"}
	s := scenario{name: "run", args: run, again: run, ends: []string{"A1"}, prepare: base}
	dir := t.TempDir()
	at, points, err := s.base(b.planctl, dir)
	if err != nil {
		t.Fatal(err)
	}
	f := fault{do: fail, errno: syscall.EIO}
	for _, p := range points {
		if p.call == "openat" && p.path == "judged.json" {
			f.at = p // the last one is the phase's
		}
	}
	p, err := at.copy(filepath.Join(dir, "copy"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.traced(f, s.args...)
	if err != nil || !r.hit {
		t.Fatalf("%v, %+v", err, r)
	}
	if r.exit != 0 || !strings.Contains(r.said, "phase A was not judged: ") || !strings.Contains(r.said, "planctl run --phase plan.md#A ") {
		t.Errorf("exit %d: %s", r.exit, r.said)
	}
	if said, err := p.must("run", "--phase", "plan.md#A"); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}
