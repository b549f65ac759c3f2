package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/finding"
)

// operator is one deed that somebody may do to a repository, and the rules of which any names it.
type operator struct {
	name    string
	rules   []finding.Code
	oneLine []finding.Code // in their stead where this repository writes an attempt on one line; nil: the same
	since   bool           // plain only against what the base said: the deed leaves a state that is sound in itself
	do      func(*world) error
}

// named is the rule among the findings that names the deed; "" where none does. A note names nothing. line says that
// attempts stand on one line here.
func (o *operator) named(l finding.List, line bool) finding.Code {
	rules := o.rules
	if line && o.oneLine != nil {
		rules = o.oneLine
	}
	for _, f := range loud(l) {
		if slices.Contains(rules, f.Code) {
			return f.Code
		}
	}
	return ""
}

// operators is every deed, family by family.
func operators() []operator {
	return slices.Concat(ledgerDeeds(), entryDeeds(), planDeeds(), rowDeeds(), configDeeds(), specDeeds(), fileDeeds(), hidden(), manifestDeeds(), forgeries(), proofDeeds(), replayDeeds(), historyDeeds())
}

// because lists the rules that name a deed.
func because(codes ...finding.Code) []finding.Code { return codes }

// snapshot is a working tree in memory, so that each deed starts from the same one.
type snapshot []kept

type kept struct {
	name string
	data []byte
	mode fs.FileMode
	time time.Time
}

func take(dir string) (snapshot, error) {
	var s snapshot
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b, err := os.ReadFile(p)
		s = append(s, kept{rel, b, info.Mode().Perm(), info.ModTime()})
		return err
	})
	return s, err
}

// lay puts the working tree into a new directory, with the repository of the old one behind it.
func (s snapshot) lay(dir, repository string) error {
	made := map[string]bool{}
	for _, k := range s {
		p := filepath.Join(dir, k.name)
		if d := filepath.Dir(p); !made[d] {
			if err := os.MkdirAll(d, 0o755); err != nil {
				return err
			}
			made[d] = true
		}
		if err := errors.Join(os.WriteFile(p, k.data, k.mode), os.Chtimes(p, k.time, k.time)); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, ".git"), []byte("gitdir: "+filepath.Join(repository, ".git")+"\n"), 0o644)
}

// moved is the world in another directory.
func (w *world) moved(dir string) *world {
	c, p := *w, *w.place
	p.dir = dir
	c.place = &p
	return &c
}

// missError is a deed that no rule named, or a repository that was accused of nothing that anybody did.
type missError struct {
	what string
	seed uint64
	dir  string // kept
	list finding.List
}

func (e *missError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: seed %d, kept in %s", e.what, e.seed, e.dir)
	for _, f := range e.list {
		fmt.Fprintf(&b, "\n  %s", f)
	}
	return b.String()
}

// tried is what one seed showed of each operator: the rule that named the deed.
type tried map[string]finding.Code

// mutate makes the repository of a seed below dir and tries every operator on a copy of it. The error is a missError for
// the first deed that is not named.
func mutate(dir string, seed uint64, list []operator) (tried, error) {
	home := filepath.Join(dir, fmt.Sprintf("seed%d", seed))
	w, err := newWorld(home, seed)
	if err != nil {
		return nil, err
	}
	for _, base := range []string{"", w.first, w.middle} {
		found, err := w.verify(base)
		if err != nil {
			return nil, err
		}
		if l := loud(found); len(l) > 0 {
			return nil, &missError{"a valid repository is accused", seed, home, l}
		}
	}
	s, err := take(home)
	if err != nil {
		return nil, err
	}
	got := tried{}
	for _, o := range list {
		at := filepath.Join(dir, fmt.Sprintf("seed%d-%s", seed, strings.ReplaceAll(o.name, " ", "-")))
		if err := s.lay(at, home); err != nil {
			return nil, err
		}
		c := w.moved(at)
		if err := o.do(c); err != nil {
			return nil, fmt.Errorf("%s: seed %d, in %s: %w", o.name, seed, at, err)
		}
		base := ""
		if o.since {
			base = w.last
		}
		found, err := c.verify(base)
		if err != nil {
			return nil, err
		}
		code := o.named(found, w.line)
		if code == "" {
			return nil, &missError{o.name, seed, at, found}
		}
		got[o.name] = code
		if err := os.RemoveAll(at); err != nil {
			return nil, err
		}
	}
	return got, os.RemoveAll(home)
}
