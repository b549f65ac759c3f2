package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// crash kills planctl at a point, lets a person do something, and holds what a recovery makes of it to account.
func (s *scenario) crash(base *place, dir string, f fault, who person, met func(fault)) error {
	p, err := base.copy(dir)
	if err != nil {
		return err
	}
	before, err := p.snapshot()
	if err != nil {
		return err
	}
	f.saved = s.saved
	r, err := p.traced(f, s.args...)
	switch {
	case err != nil:
		return err
	case !r.hit:
		return errors.New("planctl never came there")
	case r.exit != -1:
		return fmt.Errorf("planctl was killed and ended with exit %d:\n%s", r.exit, r.said)
	}
	met(f)
	was, err := p.look()
	if err != nil {
		return fmt.Errorf("after the kill: %w", err)
	}
	if _, err := p.must("status"); err != nil {
		return fmt.Errorf("after the kill: %w", err)
	}
	var undone []string
	if who.act != nil {
		after, err := p.snapshot()
		if err != nil {
			return err
		}
		if maps.Equal(before, after) {
			return p.remove() // nothing had happened yet: nothing can come back
		}
		if err := who.act(p); err != nil {
			return err
		}
		now, err := p.read()
		if err != nil {
			return err
		}
		undone = was.lost(now)
	}
	if err := p.recovered(); err != nil {
		return err
	}
	p.saved = s.saved
	if err := who.then(p, undone); err != nil {
		return err
	}
	if err := p.still("recover at the end", "recover"); err != nil {
		return err
	}
	if who.act == nil {
		if err := s.finish(p); err != nil {
			return fmt.Errorf("after the recovery: %w", err)
		}
	}
	return p.remove()
}

// lost is the rows and runs that are no longer ticked and entered.
func (s *standing) lost(now *standing) []string {
	var out []string
	for row := range s.ticked {
		if !now.ticked[row] {
			out = append(out, row)
		}
	}
	for run := range s.entries {
		if now.entries[run] == "" {
			out = append(out, run)
		}
	}
	slices.Sort(out)
	return out
}

// kills is every way to be killed on the way through the points.
func kills(points []point) []fault {
	var out []fault
	for _, p := range points {
		if p.reads() {
			continue
		}
		out = append(out, fault{do: kill, at: p})
		if p.call == "write" && p.length > 1 {
			out = append(out, fault{do: torn, at: p})
		}
	}
	return out
}
