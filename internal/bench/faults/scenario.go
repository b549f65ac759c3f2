package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// scenario is one call of planctl, and the workspace that it is made in.
type scenario struct {
	name  string
	args  []string
	again []string // what brings the work to its end after a recovery
	ends  []string // the rows that are ticked then
	saved string   // a document that a person saves while planctl replaces it, "" without
	short bool     // it is in the short form
	// prepare takes the sound workspace to where the call begins.
	prepare func(p *place) error
}

func scenarios() []scenario {
	run, mark := []string{"run", "A1"}, []string{"mark", "A2", "done", "--note", "read it"}
	return []scenario{
		{name: "run", short: true, args: run, again: run, ends: []string{"A1"}},
		{name: "run that completes two phases", args: run, again: run, ends: []string{"A1", "A2", "Z1"}, prepare: func(p *place) error {
			_, err := p.must(mark...)
			return err
		}},
		{name: "run with a secret", args: run, again: run, ends: []string{"A1"}, prepare: func(p *place) error {
			p.secret = true
			return nil
		}},
		{name: "run without git", args: run, again: run, ends: []string{"A1"}, prepare: (*place).leaveGit},
		{name: "run, and the ledger is saved as it is replaced", short: true, args: run, again: run, ends: []string{"A1"}, saved: "docs/fix_plan.md"},
		{name: "run, and the plan is saved as it is replaced", args: run, again: run, ends: []string{"A1"}, saved: "plan.md"},
		{name: "replay", short: true, args: []string{"replay", "A4"}, again: []string{"replay", "A4"}, ends: []string{"A3", "A4"}, prepare: (*place).proven},
		{name: "mark", short: true, args: mark, again: mark, ends: []string{"A2"}},
		{name: "init", args: []string{"init"}, again: []string{"init"}, prepare: func(p *place) error {
			return os.Remove(p.path(".planctl.yaml"))
		}},
		{name: "recover an interrupted run", args: []string{"recover"}, again: run, ends: []string{"A1"}, prepare: func(p *place) error {
			// Its command has ended by then: what it would go on writing into the log would differ from copy to copy.
			return p.killAt(point{call: "fsync", path: "reports/STAMP/plan_phase_A/A1.log", nth: 1}, run...)
		}},
		{name: "recover a run that was not entered", args: []string{"recover"}, again: run, ends: []string{"A1", "A2", "Z1"}, prepare: func(p *place) error {
			if _, err := p.must(mark...); err != nil {
				return err
			}
			return p.killAt(point{call: "renameat2", path: "docs/fix_plan.md", nth: 1}, run...)
		}},
		{name: "recover a run that was not ticked", short: true, args: []string{"recover"}, again: run, ends: []string{"A1", "A2", "Z1"}, prepare: func(p *place) error {
			if _, err := p.must(mark...); err != nil {
				return err
			}
			return p.killAt(point{call: "renameat2", path: "plan.md", nth: 1}, run...)
		}},
		{name: "recover a decision", args: []string{"recover"}, again: mark, ends: []string{"A2"}, prepare: func(p *place) error {
			return p.killAt(point{call: "renameat2", path: "plan.md", nth: 1}, mark...)
		}},
	}
}

// git reports whether the workspace is a git repository.
func (s *scenario) git() bool { return s.name != "run without git" }

// killAt brings planctl to a point and kills it there.
func (p *place) killAt(at point, args ...string) error {
	r, err := p.traced(fault{do: kill, at: at}, args...)
	if err == nil && !r.hit {
		err = fmt.Errorf("planctl %s never came to %s", strings.Join(args, " "), at.full())
	}
	return err
}

// settled holds a workspace to what a person may rely on after a recovery.
func (p *place) settled() (*standing, error) {
	s, err := p.look()
	if err != nil {
		return nil, err
	}
	var wrong []error
	if len(s.left) > 0 {
		wrong = append(wrong, fmt.Errorf("left behind: %v", s.left))
	}
	if _, err := p.must("verify"); err != nil {
		wrong = append(wrong, err)
	}
	if len(s.entries) != len(s.manifests) {
		wrong = append(wrong, fmt.Errorf("%d entries and %d manifests", len(s.entries), len(s.manifests)))
	}
	return s, errors.Join(wrong...)
}

// recovered calls recover twice. The first may do what it can, the second has nothing to do and changes no byte.
func (p *place) recovered() error {
	if _, err := p.must("recover"); err != nil {
		return err
	}
	return p.still("recover again", "recover")
}

// still calls planctl where it has to leave every byte as it is.
func (p *place) still(when string, args ...string) error {
	before, err := p.snapshot()
	if err != nil {
		return err
	}
	if _, err := p.must(args...); err != nil {
		return err
	}
	after, err := p.snapshot()
	if err != nil {
		return err
	}
	if d := differences(before, after); len(d) > 0 {
		return fmt.Errorf("%s: %s", when, strings.Join(d, "; "))
	}
	return nil
}

// finish brings the work to its end and looks at all of it.
func (s *scenario) finish(p *place) error {
	if done, err := p.look(); err != nil {
		return err
	} else if s.again[0] != "mark" || !done.ticked["A2"] { // a decision is made once
		if _, err := p.must(s.again...); err != nil {
			return err
		}
	}
	end, err := p.settled()
	if err != nil {
		return err
	}
	for _, row := range s.ends {
		if !end.ticked[row] {
			return fmt.Errorf("%s is not ticked at the end: %v", row, end)
		}
	}
	return nil
}

// base makes the workspace that a scenario begins with, and what is traced there.
func (s *scenario) base(planctl, dir string) (*place, []point, error) {
	p, err := newPlace(planctl, filepath.Join(dir, "base"))
	if err != nil {
		return nil, nil, err
	}
	if s.prepare != nil {
		if err := s.prepare(p); err != nil {
			return nil, nil, fmt.Errorf("prepare %s: %w", s.name, err)
		}
	}
	for {
		early, err := p.ahead()
		if err != nil {
			return nil, nil, err
		}
		points, err := s.points(p, filepath.Join(dir, "traced"))
		if err != nil || !early {
			return p, points, err
		}
	}
}

// points is what is traced of the scenario when nothing goes wrong.
func (s *scenario) points(base *place, dir string) ([]point, error) {
	q, err := base.copy(dir)
	if err != nil {
		return nil, err
	}
	r, err := q.traced(fault{saved: s.saved}, s.args...)
	if err != nil {
		return nil, err
	}
	if r.exit != 0 {
		return nil, fmt.Errorf("%s: exit %d\n%s", s.name, r.exit, r.said)
	}
	q.saved = s.saved
	if err := s.finish(q); err != nil {
		return nil, fmt.Errorf("%s, with nothing wrong: %w", s.name, err)
	}
	return slices.DeleteFunc(r.points[r.from:], again), q.remove()
}

// leaveGit turns the workspace into one without git.
func (p *place) leaveGit() error { return os.RemoveAll(p.path(".git")) }

// proven gives the workspace a proof that can be shown again: a red that failed, on sources that differ from their
// commit, and the green that passed after it.
func (p *place) proven() error {
	p.texts = documents()
	p.texts["plan.md"] = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A3 | Fails | [ ] |\n| A4 | Mended | [ ] |\n\n" +
		"```yaml planctl\nA3: {kind: red, run: sh test.sh, because: not yet, pins: [test.sh]}\nA4: {kind: green, red: A3}\n```\n"
	for name, text := range map[string]string{"plan.md": p.texts["plan.md"], "works.txt": "no\n",
		"test.sh": "echo 1..1\ngrep -q yes works.txt && echo 'ok 1 - works' && exit\nprintf 'not ok 1 - works\\n# not yet\\n'\nexit 1\n"} {
		if err := p.write(name, text); err != nil {
			return err
		}
	}
	if err := errors.Join(p.git("add", "test.sh", "plan.md"), p.git("commit", "-q", "-m", "a test")); err != nil {
		return err
	}
	if _, err := p.must("run", "A3"); err != nil {
		return err
	}
	if err := p.write("works.txt", "yes\n"); err != nil {
		return err
	}
	_, err := p.must("run", "A4")
	return err
}
