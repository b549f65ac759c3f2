package verify

import (
	"strings"
	"sync"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/history"
)

// history holds what is there now against the commit of Options.Base, and against Options.More. What was lost since any
// of them is named; what is new has to be new against all: a tick that one of them had is no news.
func (c *checker) history() error {
	list := c.since(c.o.Base, c.past)
	for _, commit := range c.o.More {
		prefix, _ := c.w.BelowTop()
		t, err := c.treeAt(commit, prefix)
		if err != nil {
			return err
		}
		base, err := c.before(t)
		if err != nil {
			return err
		}
		list = together(list, c.since(commit, base))
	}
	c.list = append(c.list, list...)
	return nil
}

// remember reads what the base had.
func (c *checker) remember() (err error) {
	c.past, err = c.before(c.base)
	return err
}

// aside begins a check that needs nothing of those which are made meanwhile, and gives what waits for it and takes over
// what it found and what it read of the base.
func (c *checker) aside(do func(*checker) error) func() error {
	one := *c
	one.list = nil
	done := make(chan error, 1)
	go func() { done <- do(&one) }()
	return sync.OnceValue(func() error {
		err := <-done
		c.list = append(c.list, one.list...)
		c.past, c.was = one.past, one.was
		return err
	})
}

// nothing is what need not be waited for.
func nothing() error { return nil }

func (c *checker) since(commit string, base history.Snapshot) finding.List {
	list := history.Compare(base, c.after(base))
	for i, f := range list {
		list[i].Help = strings.ReplaceAll(f.Help, "BASE", short(commit))
	}
	return list
}

// together joins what was found against two bases.
func together(a, b finding.List) finding.List {
	type what struct {
		code       finding.Code
		file, task string
		message    string
	}
	of := func(f finding.Finding) what { return what{f.Code, f.File, f.Task, f.Message} }
	inA, inB := map[what]bool{}, map[what]bool{}
	for _, f := range a {
		inA[of(f)] = true
	}
	for _, f := range b {
		inB[of(f)] = true
	}
	var out finding.List
	for _, f := range a {
		if !history.IsNew(f.Code) || inB[of(f)] {
			out = append(out, f)
		}
	}
	for _, f := range b {
		if !history.IsNew(f.Code) && !inA[of(f)] {
			out = append(out, f)
		}
	}
	return out
}
