package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// person is what somebody does between the crash and the recovery.
type person struct {
	name string
	git  bool // it needs git
	act  func(p *place) error
	// then says what must hold after the recovery; undone is the rows and the runs that were ticked and entered when
	// planctl was killed, and no more when the person was done.
	then func(p *place, undone []string) error
}

func persons() []person {
	return []person{
		{name: "nobody does anything", then: func(p *place, _ []string) error {
			_, err := p.settled()
			return err
		}},
		{name: "the ledger is checked out", git: true,
			act:  func(p *place) error { return p.git("checkout", "-q", "--", "docs/fix_plan.md") },
			then: notBack},
		{name: "the tick is taken back", git: true,
			act:  func(p *place) error { return p.git("checkout", "-q", "--", "plan.md", "above.md") },
			then: notBack},
		{name: "the branch is switched for good", git: true,
			act: func(p *place) error { return p.git("checkout", "-q", "-f", "other") },
			then: func(p *place, undone []string) error {
				if err := p.foreign(); err != nil {
					return err
				}
				if err := errors.Join(p.git("checkout", "-q", "-f", "main"), p.recovered()); err != nil {
					return err
				}
				return notBack(p, undone)
			}},
		{name: "the branch is switched, and its evidence stays in an ignored directory", git: true,
			act: func(p *place) error {
				return errors.Join(p.append(".git/info/exclude", "reports/\n"), p.git("checkout", "-q", "-f", "other"))
			},
			then: func(p *place, _ []string) error {
				if err := p.foreign(); err != nil {
					return err
				}
				// The row was not run here: what lies there of another branch's run is no reason to pass it by.
				said, err := p.must("run", "A1")
				if err == nil && !strings.Contains(said, "A1: passed") {
					err = fmt.Errorf("on the other branch: %s", said)
				}
				return err
			}},
		{name: "the work is stashed, the branch switched and switched back", git: true,
			act: func(p *place) error {
				return errors.Join(p.git("stash", "-q"), p.git("checkout", "-q", "other"))
			},
			then: func(p *place, _ []string) error {
				if err := p.foreign(); err != nil {
					return err
				}
				if err := errors.Join(p.git("checkout", "-q", "main"), p.git("stash", "pop", "-q"), p.recovered()); err != nil {
					return err
				}
				_, err := p.settled()
				return err
			}},
	}
}

// foreign holds the other branch's documents to what they were there: a recovery of another branch's run writes nothing.
func (p *place) foreign() error {
	s, err := p.look()
	if err != nil {
		return err
	}
	if s.plan != planText+otherText || s.ledger != ledgerText+otherText || s.above != aboveText {
		return fmt.Errorf("the other branch's documents changed:\n%q\n%q\n%q", s.plan, s.above, s.ledger)
	}
	return nil
}

// notBack holds to it that nothing comes back that a person took away after it had been there.
func notBack(p *place, undone []string) error {
	now, err := p.read()
	if err != nil {
		return err
	}
	var wrong []error
	if len(now.left) > 0 {
		wrong = append(wrong, fmt.Errorf("left behind: %v", now.left))
	}
	for row := range now.ticked {
		if slices.Contains(undone, row) {
			wrong = append(wrong, fmt.Errorf("the tick of %s was taken back and is there again", row))
		}
	}
	for run := range now.entries {
		if slices.Contains(undone, run) {
			wrong = append(wrong, fmt.Errorf("the entry of %s was taken away and is there again", run))
		}
	}
	return errors.Join(wrong...)
}
