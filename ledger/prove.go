package ledger

import (
	"bytes"
	"fmt"
	"slices"
)

// proveAppend reads the document with the insertion and compares: a layout that
// Append misjudged must not cost a person's entry.
func (l *Ledger) proveAppend(s *Section, e *Entry, ins Insertion) error {
	doubt := func(why string) error {
		line, _ := l.Index.Pos(ins.At)
		help := "close the fence or comment above, or give the section an Attempts History list of its own"
		if bytes.IndexByte(l.Source, '\n') < 0 && bytes.IndexByte(l.Source, '\r') >= 0 {
			help = "the lines of this file end in a carriage return alone; end them in line feeds"
		}
		return at(CodeDoubtfulAppend, l.File, line, 1, fmt.Sprintf("an entry of section [%s] written here would not be read back: %s", s.ID, why), help)
	}
	n := Parse(l.File, Insert(l.Source, ins))
	if len(n.attempts) != len(l.attempts)+1 {
		return doubt(fmt.Sprintf("there would be %d attempts in place of %d", len(n.attempts), len(l.attempts)+1))
	}
	if len(n.Sections) != len(l.Sections) {
		return doubt("a section would come or go")
	}
	shift := bytes.Count(ins.Text, []byte("\n"))
	i := 0
	for i < len(l.attempts) && l.attempts[i].Span.Start < ins.At {
		i++
	}
	for k, a := range l.attempts {
		b, by := n.attempts[k], 0
		if k >= i {
			b, by = n.attempts[k+1], shift
		}
		if !a.same(b, by) {
			return doubt(fmt.Sprintf("the attempt at line %d would read otherwise", a.Line))
		}
	}
	got := n.attempts[i]
	want := []string(nil)
	if e.Task != "" {
		want = []string{e.Task}
	}
	switch {
	case got.Section == nil || foldID(got.Section.ID) != foldID(s.ID):
		return doubt("it would fall into another section")
	case got.Number != e.Number, got.Date != e.Date:
		return doubt("its number or date would be lost")
	case got.Result != e.Result:
		return doubt(fmt.Sprintf("its result would be %q", got.Result))
	case got.Run != e.Run:
		return doubt("its run would be lost")
	case e.Run != "" && !slices.Equal(got.Tasks, want), e.Run == "" && e.Task != "" && !slices.Equal(got.Tasks, want):
		return doubt(fmt.Sprintf("its task would be %q", got.Tasks))
	}
	return nil
}

// same reports whether b is a, moved down by some lines.
func (a *Attempt) same(b *Attempt, by int) bool {
	return a.Number == b.Number && a.Date == b.Date && a.Result == b.Result && a.Run == b.Run && a.Text == b.Text &&
		a.Line+by == b.Line && a.EndLine+by == b.EndLine && a.Section.ID == b.Section.ID
}
